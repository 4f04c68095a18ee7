package import Foundation
import GRDB

/// The jobs, their segments and what happened to them, in SQLite. The only room that writes SQL.
///
/// A transaction that returned is on the disk (`synchronous=FULL`): the daemon may move a dropped file away after
/// ``accept(_:)``.
package final class JobStore: Sendable {
    /// Where the database lies.
    package let path: String
    private let connection: Connection
    let now: @Sendable () -> Date

    private enum Connection: Sendable {
        case writing(DatabasePool)
        case reading(DatabaseQueue)
    }

    /// Opens the database for nuwad, makes it when there is none, and brings its schema up to date.
    ///
    /// Throws ``JobStoreError``: a newer schema and a damaged file are refused and left untouched.
    package init(path: String, now: @escaping @Sendable () -> Date = { Date() }) throws {
        self.path = path
        self.now = now
        var configuration = Configuration()
        configuration.label = "nuwa.jobs"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        connection = try named(path) {
            let existed = FileManager.default.fileExists(atPath: path)
            let pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB puts NORMAL in force while it opens, after any `prepareDatabase`; so FULL can only be asked for now.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try pool.read { db in
                if existed { try refuseDamage(db, path: path) }
                guard try !DatabaseMigrator.nuwa.hasBeenSuperseded(db) else {
                    throw JobStoreError.newerSchema(path: path)
                }
            }
            try DatabaseMigrator.nuwa.migrate(pool)
            return .writing(pool)
        }
        let synchronous = try write(transaction: false) { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        guard synchronous == 2 else {
            throw JobStoreError.notDurable(path: path, found: synchronous.map(String.init) ?? "?")
        }
    }

    /// Opens the database for reading only, as `nuwactl` does while nuwad is down. Every change throws.
    package init(readOnly path: String) throws {
        self.path = path
        now = { Date() }
        guard FileManager.default.fileExists(atPath: path) else {
            throw JobStoreError.cannotOpen(path: path, reason: "there is no such file; nuwad has never run here")
        }
        var configuration = Configuration()
        configuration.label = "nuwa.jobs.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        connection = try named(path) {
            // After a clean stop there is no -wal, and a reader who may not write to the folder could not make one.
            // Then nobody has the database open either, and it may be read as it lies there.
            let hasLog = FileManager.default.fileExists(atPath: path + "-wal")
            let queue = try DatabaseQueue(
                path: hasLog ? path : immutableAddress(of: path), configuration: configuration)
            try queue.read { db in
                guard try !DatabaseMigrator.nuwa.hasBeenSuperseded(db) else {
                    throw JobStoreError.newerSchema(path: path)
                }
                guard try DatabaseMigrator.nuwa.hasCompletedMigrations(db) else {
                    throw JobStoreError.olderSchema(path: path)
                }
            }
            return .reading(queue)
        }
    }

    /// Closes the database; the write-ahead log goes into the file.
    package func close() throws {
        switch connection {
        case .writing(let pool):
            // GRDB closes its writer before its readers, but only a writer that is the last to go can fold the log
            // into the file.
            pool.invalidateReadOnlyConnections()
            try named(path) { try pool.close() }
        case .reading(let queue): try named(path) { try queue.close() }
        }
    }

    func read<T>(_ body: (Database) throws -> T) throws -> T {
        try named(path) {
            switch connection {
            case .writing(let pool): try pool.read(body)
            case .reading(let queue): try queue.read(body)
            }
        }
    }

    func write<T>(transaction: Bool = true, _ body: (Database) throws -> T) throws -> T {
        try named(path) {
            switch connection {
            case .writing(let pool): try transaction ? pool.write(body) : pool.writeWithoutTransaction(body)
            case .reading(let queue): try queue.write(body)
            }
        }
    }
}

/// Puts what SQLite says into this room's words.
private func named<T>(_ path: String, _ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw JobStoreError(error, path: path)
    } catch let error as DecodingError {
        throw JobStoreError.damaged(path: path, problems: ["\(error)"])
    }
}

private func refuseDamage(_ db: Database, path: String) throws {
    let problems = try String.fetchAll(db, sql: "PRAGMA quick_check(10)")
    guard problems == ["ok"] else { throw JobStoreError.damaged(path: path, problems: problems) }
}

private func immutableAddress(of path: String) -> String {
    let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
    return "file:\(escaped)?immutable=1"
}
