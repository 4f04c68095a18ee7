import Foundation
import GRDB

/// How many of a job's segments of one depth are in which state.
package struct SegmentCounts: Sendable, Equatable {
    package let depth: Int
    package let done: Int
    package let running: Int
    package let failed: Int
    /// Steps that one segment takes.
    package let steps: Int
}

/// What there is to do, as of one moment.
package struct Overview: Sendable {
    package let counts: [JobState.Name: Int]
    /// Jobs that are not over, in the order in which they are worked on: as many as were asked for.
    package let unfinished: [Job]
    /// Of those jobs that were started, by job and depth.
    package let segments: [Int64: [SegmentCounts]]
}

// What every `status` and every poll of `watch` asks. Neither the answer nor what is read for it grows with the number of jobs; only
// the counting does, and that is done within an index.
extension JobStore {
    package func overview(limit: Int) throws -> Overview {
        try read { db in
            let counts = try Row.fetchAll(db, sql: "SELECT state, count(*) AS jobs FROM jobs GROUP BY state")
            // Each state by the index; which of them come first is settled among those few.
            let unfinished = try JobState.Name.allCases.filter { !$0.isOver }.flatMap { state in
                try Row.fetchAll(
                    db,
                    sql: "SELECT \(Job.columns) FROM jobs WHERE state = ? ORDER BY priority DESC, id LIMIT ?",
                    arguments: [state.rawValue, limit]
                ).map(Job.init)
            }.sorted(by: Self.isWorkedOnBefore).prefix(limit)
            return Overview(
                counts: Dictionary(
                    uniqueKeysWithValues: counts.compactMap { row in
                        JobState.Name(rawValue: row["state"]).map { ($0, row["jobs"]) }
                    }),
                unfinished: Array(unfinished),
                segments: try segmentCounts(db, where: "job IN (\(Self.list(unfinished.filter { $0.attempts > 0 })))"))
        }
    }

    /// The segments of one job, counted by depth.
    package func segmentCounts(of job: Int64) throws -> [SegmentCounts] {
        try read { try segmentCounts($0, where: "job = \(job)")[job] ?? [] }
    }

    /// The segments of all jobs that were started and are not done, counted by job and depth.
    package func segmentCounts() throws -> [Int64: [SegmentCounts]] {
        try read {
            try segmentCounts($0, where: "job IN (SELECT id FROM jobs WHERE state <> 'done' AND attempts > 0)")
        }
    }

    /// How many jobs are worked on before a queued one.
    package func jobsBefore(_ job: Job) throws -> Int {
        try read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM jobs WHERE state = 'running'
                    OR (state = 'queued' AND (priority > :priority OR (priority = :priority AND id < :id)))
                    """, arguments: ["priority": job.priority, "id": job.id]) ?? 0
        }
    }

    private static func isWorkedOnBefore(_ left: Job, _ right: Job) -> Bool {
        func rank(_ job: Job) -> Int { job.state.name == .running ? 0 : 1 }
        return (rank(left), -left.priority, left.id) < (rank(right), -right.priority, right.id)
    }

    private static func list(_ jobs: some Sequence<Job>) -> String {
        jobs.map { String($0.id) }.joined(separator: ", ")
    }

    private func segmentCounts(_ db: Database, where condition: String) throws -> [Int64: [SegmentCounts]] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT job, depth, sum(state = 'done') AS done, sum(state = 'running') AS running,
                    sum(state = 'failed') AS failed, max(steps_total) AS steps
                FROM segments WHERE \(condition) GROUP BY job, depth ORDER BY job, depth
                """)
        return Dictionary(grouping: rows) { $0["job"] as Int64 }.mapValues { rows in
            rows.map {
                SegmentCounts(
                    depth: $0["depth"], done: $0["done"], running: $0["running"], failed: $0["failed"],
                    steps: $0["steps"])
            }
        }
    }
}
