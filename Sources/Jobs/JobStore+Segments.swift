package import Foundation
import GRDB
package import Plans

extension JobStore {
    /// Writes down the segments of a job's plan, waiting. Those that are there already stay as they are; those that the plan has no
    /// more, since the model has another one for this length, go.
    /// - Parameter segments: each with how many evaluations of the network it takes
    package func plan(_ segments: some Sequence<(segment: SegmentID, evaluations: Int)>, for job: Int64) throws {
        try write { db in
            _ = try fetchJob(db, job)
            let statement = try db.makeStatement(
                sql: """
                    INSERT INTO segments (job, depth, idx, state, evaluations) VALUES (?, ?, ?, 'waiting', ?)
                    ON CONFLICT DO NOTHING
                    """)
            var last: [Int: Int] = [:]
            for (segment, evaluations) in segments {
                try statement.execute(arguments: [job, segment.depth, segment.index, evaluations])
                last[segment.depth] = max(last[segment.depth] ?? 0, segment.index)
            }
            for (depth, index) in last {
                try db.execute(
                    sql: "DELETE FROM segments WHERE job = ? AND depth = ? AND idx > ?", arguments: [job, depth, index])
            }
            try db.execute(
                sql: "DELETE FROM segments WHERE job = ? AND depth > ?", arguments: [job, last.keys.max() ?? -1])
        }
    }

    /// How the segments of a job stand.
    package func segmentStates(of job: Int64) throws -> [SegmentID: SegmentState.Name] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM segments WHERE job = ?", arguments: [job])
            return try Dictionary(
                uniqueKeysWithValues: rows.map { row in
                    let segment = try SegmentRow(row: row)
                    return (segment.key.segment, segment.state.name)
                })
        }
    }

    /// Lets an event happen to a segment. Throws ``IllegalTransition`` when it makes no sense in the segment's state.
    package func apply(_ event: SegmentEvent, to key: SegmentKey) throws {
        try write { _ = try apply(event, to: key, $0) }
    }

    @discardableResult
    func apply(_ event: SegmentEvent, to key: SegmentKey, _ db: Database) throws -> SegmentRow {
        let row = try fetchSegment(db, key)
        let next: (state: SegmentState, attempts: Int, effect: SegmentEffect?)
        do {
            next = try row.state.after(event, attempts: row.attempts)
        } catch var error as IllegalTransition {
            error.which = "\(key) of job \(key.job)"
            throw error
        }
        var seconds: Double?
        var reason: String?
        switch next.state {
        case .done(let value): seconds = value
        case .failed(let value): reason = value
        case .waiting, .running: break
        }
        try db.execute(
            sql: """
                UPDATE segments SET state = ?, attempts = ?, seconds = ?, reason = ?
                WHERE job = ? AND depth = ? AND idx = ?
                """,
            arguments: [
                next.state.name.rawValue, next.attempts, seconds, reason, key.job, key.depth, key.index,
            ])
        switch next.effect {
        case .faultsForgotten:
            try db.execute(sql: "UPDATE jobs SET faults = 0 WHERE id = ? AND faults > 0", arguments: [key.job])
        case nil: break
        }
        if let message = reason ?? event.noteworthy {
            try record(db, job: key.job, segment: key, kind: event.participle, message: message)
        }
        return try fetchSegment(db, key)
    }

    /// Forgets the segments of films that were done before; how many there were, the plan tells.
    package func forgetSegments(ofJobsDoneBefore time: Date) throws {
        try write { db in
            try db.execute(
                sql: "DELETE FROM segments WHERE job IN (SELECT id FROM jobs WHERE state = 'done' AND finished < ?)",
                arguments: [time.timeIntervalSince1970])
        }
    }

    /// Keys of segments of all jobs, found by the index of those that are at work or failed.
    func segmentKeys(_ db: Database, in state: SegmentState.Name) throws -> [SegmentKey] {
        try segmentKeys(db, where: "state = '\(state.rawValue)'")
    }

    /// Keys of a job's segments.
    func segmentKeys(
        _ db: Database, in state: SegmentState.Name, of job: Int64, minimumAttempts: Int = 0
    ) throws -> [SegmentKey] {
        try segmentKeys(db, where: "job = \(job) AND state = '\(state.rawValue)' AND attempts >= \(minimumAttempts)")
    }

    private func segmentKeys(_ db: Database, where condition: String) throws -> [SegmentKey] {
        try Row.fetchAll(
            db, sql: "SELECT job, depth, idx FROM segments WHERE \(condition) ORDER BY job, depth, idx"
        ).map { SegmentKey(job: $0["job"], depth: $0["depth"], index: $0["idx"]) }
    }

    private func fetchSegment(_ db: Database, _ key: SegmentKey) throws -> SegmentRow {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM segments WHERE job = ? AND depth = ? AND idx = ?",
                arguments: [key.job, key.depth, key.index])
        else { throw JobStoreError.noSuchSegment(key) }
        return try SegmentRow(row: row)
    }
}

extension SegmentEvent {
    /// The everyday events of thousands of segments are not worth a line in the log; these are.
    fileprivate var noteworthy: String? {
        switch self {
        case .interrupt: "nuwad died while it was running"
        case .lose: "its files are missing or damaged, and will be made again"
        case .start, .finish, .fail, .giveBack, .forget, .retry: nil
        }
    }
}
