import Foundation
import GRDB
import Plans

// Rows of the database as values, and back.

extension JobState {
    /// The columns `state`, `since`, `detail`, `until`, `hold`.
    init(row: Row) throws {
        let detail: String? = row["detail"]
        let name: String = row["state"]
        switch JobState.Name(rawValue: name) {
        case .queued: self = .queued
        case .running: self = .running(since: row.date("since"))
        case .done: self = .done(film: detail ?? "")
        case .failed: self = .failed(reason: detail ?? "")
        case .cancelled: self = .cancelled
        case .held: self = .held((row["hold"] as String?).flatMap(Hold.init) ?? .release)
        case .blocked: self = .blocked(reason: detail ?? "", until: row.optionalDate("until") ?? row.date("since"))
        case nil: throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "unknown state of a job: \(name)")
        }
    }

    /// What the column `detail` says of this state.
    var detail: String? { film ?? reason }
}

extension SegmentState {
    /// The columns `state`, `attempts`, `seconds`, `reason`.
    init(row: Row) throws {
        let name: String = row["state"]
        switch SegmentState.Name(rawValue: name) {
        case .waiting: self = .waiting
        case .running: self = .running
        case .done: self = .done(seconds: row["seconds"])
        case .failed: self = .failed(reason: row["reason"])
        case nil: throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "unknown state of a segment: \(name)")
        }
    }
}

extension Job {
    static let columns =
        "id, name, script_hash, owner, state, since, detail, until, hold, faults, priority, frames, fps, seed, model, "
        + "stops_at_keyframes, takes, edit_of, kept_keyframes, keyframes, accepted, started, finished, attempts"

    init(row: Row) throws {
        self.init(
            id: row["id"], name: row["name"], scriptHash: row["script_hash"],
            owner: UInt32(exactly: row["owner"] as Int64),
            state: try JobState(row: row), faults: row["faults"], priority: row["priority"], frames: row["frames"],
            fps: row["fps"],
            seed: UInt64(bitPattern: row["seed"] as Int64), model: row["model"],
            stopsAtKeyframes: row["stops_at_keyframes"], takes: try [Take](column: row["takes"]),
            editOf: row["edit_of"], kept: KeptKeyframes(row: row),
            accepted: row.date("accepted"), started: row.optionalDate("started"),
            finished: row.optionalDate("finished"), attempts: row["attempts"])
    }
}

extension KeptKeyframes {
    /// The columns `kept_keyframes` and `keyframes`, which both have a value or neither has.
    init?(row: Row) {
        guard let kept: Int = row["kept_keyframes"], let total: Int = row["keyframes"] else { return nil }
        self.init(kept: kept, of: total)
    }
}

extension [Take] {
    /// JSON, in the column `takes`.
    init(column: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(column.utf8)) }

    var column: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

extension SegmentRow {
    init(row: Row) throws {
        self.init(
            key: SegmentKey(job: row["job"], depth: row["depth"], index: row["idx"]),
            state: try SegmentState(row: row), attempts: row["attempts"])
    }
}

extension EventRow {
    init(row: Row) {
        self.init(
            id: row["id"], time: row.date("time"), job: row["job"], depth: row["depth"], segment: row["segment"],
            kind: row["kind"], message: row["message"])
    }
}

extension Row {
    func date(_ column: String) -> Date { Date(timeIntervalSince1970: self[column]) }

    func optionalDate(_ column: String) -> Date? {
        (self[column] as Double?).map { Date(timeIntervalSince1970: $0) }
    }
}
