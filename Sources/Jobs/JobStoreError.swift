import GRDB

/// What can go wrong with the database: where, what, and the way out.
package enum JobStoreError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or made.
    case cannotOpen(path: String, reason: String)
    /// A newer nuwad wrote it.
    case newerSchema(path: String)
    /// An older nuwad wrote it, and it is open for reading only.
    case olderSchema(path: String)
    /// It is not a database, or its content contradicts itself.
    case damaged(path: String, problems: [String])
    /// Somebody else holds the lock.
    case busy(path: String, reason: String)
    /// The disk or the quota is full.
    case diskFull(path: String, reason: String)
    /// `synchronous=FULL` is not in force, so that a power cut could lose an accepted script.
    case notDurable(path: String, found: String)
    case noSuchJob(Int64)
    case noSuchSegment(SegmentKey)
    /// The database refuses what contradicts its rules: a fault of nuwad, and it would refuse it again.
    case refused(path: String, message: String)
    /// Anything else that SQLite says, with its code (https://sqlite.org/rescode.html) and its statement.
    case database(path: String, code: Int32, message: String)

    /// Whether it is a fault of the machine that nuwad runs on, rather than of who asked: later it may do.
    package var isOfMachine: Bool {
        switch self {
        case .noSuchJob, .noSuchSegment, .refused: false
        default: true
        }
    }

    /// Whether somebody has to do something to the file: starting again changes nothing.
    package var needsHands: Bool {
        switch self {
        case .newerSchema, .olderSchema, .damaged: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "\(path): cannot open the database: \(reason). "
                + "Check that the folder exists and belongs to the user of nuwad"
        case .newerSchema(let path):
            "\(path): this database was written by a newer nuwad and is left untouched. "
                + "Install that version again, or give another place with --root"
        case .olderSchema(let path):
            "\(path): this database was written by an older nuwad. Start nuwad once: it brings the database up to date"
        case .damaged(let path, let problems):
            "\(path): the database is damaged (\(problems.joined(separator: "; "))). "
                + "Stop nuwad, move the file away together with its -wal and -shm, and start nuwad: "
                + "it begins an empty one, and finished films and checkpoints stay. "
                + "Drop the scripts again from accepted/, or rescue the old rows with `sqlite3 FILE .recover`"
        case .busy(let path, let reason):
            "\(path): the database is locked by another process (\(reason)). Is a second nuwad or a sqlite3 shell at work on it?"
        case .diskFull(let path, let reason):
            "\(path): no space left to write to the database (\(reason)). Free some space on its file system"
        case .notDurable(let path, let found):
            "\(path): SQLite runs with synchronous=\(found) instead of FULL (2), "
                + "and an accepted script might not survive a power cut. "
                + "This is a fault of nuwad or of its SQLite library: please report it"
        case .noSuchJob(let id): "no job \(id); `nuwactl list --all` shows all"
        case .noSuchSegment(let key): "job \(key.job) has no segment \(key)"
        case .refused(let path, let message): "\(path): \(message). This is a fault of nuwad: please report it"
        case .database(let path, let code, let message): "\(path): \(message) (code \(code))"
        }
    }

    init(_ error: DatabaseError, path: String) {
        // Other codes say the same of one thing or another: SQLITE_BUSY_RECOVERY, SQLITE_CORRUPT_INDEX.
        let code = error.extendedResultCode.rawValue
        let reason = "\(error.message ?? "SQLite says no more"), code \(code)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .damaged(path: path, problems: [reason])
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self = .busy(path: path, reason: reason)
        case .SQLITE_FULL:
            self = .diskFull(path: path, reason: reason)
        case .SQLITE_CANTOPEN:
            self = .cannotOpen(path: path, reason: reason)
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH:
            self = .refused(path: path, message: error.description)
        default:
            self = .database(path: path, code: code, message: error.description)
        }
    }
}
