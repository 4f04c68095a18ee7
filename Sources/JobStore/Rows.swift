import Foundation
import GRDB

// Rows of the database as values, and back.

extension JobState {
    /// The columns `state`, `since`, `detail`, `resume_at`.
    init(row: Row) throws {
        let detail: String? = row["detail"]
        let name: String = row["state"]
        switch JobState.Name(rawValue: name) {
        case .queued: self = .queued
        case .running: self = .running(since: row.date("since"))
        case .done: self = .done(film: detail ?? "")
        case .failed: self = .failed(reason: detail ?? "")
        case .cancelled: self = .cancelled
        case .held: self = .held
        case .paused: self = .paused(reason: detail ?? "", until: row.optionalDate("resume_at") ?? row.date("since"))
        case nil: throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "unknown state of a job: \(name)")
        }
    }

    /// What the column `detail` says of this state.
    var detail: String? { film ?? reason }
}

extension SegmentState {
    /// The columns `state`, `attempts`, `seconds`, `error`.
    init(row: Row) throws {
        let name: String = row["state"]
        switch SegmentState.Name(rawValue: name) {
        case .waiting: self = .waiting
        case .running: self = .running(attempt: row["attempts"])
        case .done: self = .done(seconds: row["seconds"])
        case .failed: self = .failed(reason: row["error"])
        case nil: throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "unknown state of a segment: \(name)")
        }
    }
}

extension Job {
    static let columns =
        "id, name, script_hash, owner, state, since, detail, resume_at, pauses, priority, frames, fps, seed, model, "
        + "created, started, finished, attempts"

    init(row: Row) throws {
        self.init(
            id: row["id"], name: row["name"], scriptHash: row["script_hash"],
            owner: UInt32(exactly: row["owner"] as Int64),
            state: try JobState(row: row), pauses: row["pauses"], priority: row["priority"], frames: row["frames"],
            fps: row["fps"],
            seed: UInt64(bitPattern: row["seed"] as Int64), model: row["model"],
            created: row.date("created"), started: row.optionalDate("started"),
            finished: row.optionalDate("finished"), attempts: row["attempts"])
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
