import Foundation
import GRDB

extension JobStore {
    /// What happened to a job, oldest first.
    /// - Parameter after: only events with a higher number, for a client that follows them.
    package func events(of job: Int64, after: Int64 = 0) throws -> [EventRow] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM events WHERE job = ? AND id > ? ORDER BY id", arguments: [job, after]
            ).map(EventRow.init)
        }
    }

    /// Writes down what happened.
    func record(_ db: Database, job: Int64, segment: SegmentKey? = nil, kind: String, message: String) throws {
        try db.execute(
            sql: "INSERT INTO events (time, job, depth, segment, kind, message) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [now().timeIntervalSince1970, job, segment?.depth, segment?.index, kind, message])
    }
}
