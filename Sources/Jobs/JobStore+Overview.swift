package import Foundation
import GRDB

/// How many of a job's segments of one depth are in which state.
package struct SegmentCounts: Sendable, Equatable {
    package let depth: Int
    package let done: Int
    package let failed: Int
    /// Of the network, that one segment takes.
    package let evaluations: Int
}

/// How many jobs of one owner are worked on or wait for it.
package struct OwnerCounts: Sendable, Equatable {
    /// nil where that is not known
    package let owner: UInt32?
    package let running: Int
    package let queued: Int
}

/// What there is to do, as of one moment.
package struct Overview: Sendable {
    package let counts: [JobState.Name: Int]
    /// Owners of what runs or is queued: first whose turn is next.
    package let owners: [OwnerCounts]
    /// Jobs that are not over: what runs, what is queued in the order of its turns, what is blocked or held. As many as
    /// were asked for.
    package let unfinished: [Job]
    /// Of those jobs that were started, by job and depth.
    package let segments: [Int64: [SegmentCounts]]
}

// What every `status` and every poll of `watch` asks. Neither the answer nor what is read for it grows with the number of jobs: they are
// counted as they change (the table job_counts).
extension JobStore {
    package func overview(limit: Int) throws -> Overview {
        try read { db in
            let counts = try Row.fetchAll(
                db, sql: "SELECT state, sum(jobs) AS jobs FROM job_counts GROUP BY state HAVING sum(jobs) > 0")
            let turns = try turns(db, limit: limit)
            let waiting = turns.filter { $0.state == .queued }
            var unfinished = turns.filter { $0.state.name == .running } + waiting
            for state in [JobState.Name.blocked, .held] where unfinished.count < limit {
                unfinished += try Row.fetchAll(
                    db,
                    sql: "SELECT \(Job.columns) FROM jobs WHERE state = ? ORDER BY owner, priority DESC, id LIMIT ?",
                    arguments: [state.rawValue, limit - unfinished.count]
                ).map(Job.init)
            }
            var turnOfOwner: [UInt32?: Int] = [:]
            for (turn, job) in waiting.enumerated() where turnOfOwner[job.owner] == nil {
                turnOfOwner[job.owner] = turn
            }
            let shown = Array(unfinished.prefix(limit))
            return Overview(
                counts: Dictionary(
                    uniqueKeysWithValues: counts.compactMap { row in
                        JobState.Name(rawValue: row["state"]).map { ($0, row["jobs"]) }
                    }),
                owners: try ownerCounts(db).sorted {
                    (turnOfOwner[$0.owner] ?? .max, $0.owner ?? .max) < (
                        turnOfOwner[$1.owner] ?? .max, $1.owner ?? .max
                    )
                },
                unfinished: shown,
                segments: try segmentCounts(db, where: "job IN (\(Self.list(shown.filter { $0.attempts > 0 })))"))
        }
    }

    /// What runs or is queued, in the order of turns.
    /// - Parameter limit: so many at most, but at least the first job of each owner, and all that run
    package func turns(limit: Int) throws -> [Job] {
        try read { db in
            let turns = try turns(db, limit: limit)
            let count = max(limit, Set(turns.map(\.owner)).count)
            return turns.prefix(count) + turns.dropFirst(count).filter { $0.state.name == .running }
        }
    }

    /// How many jobs are worked on before a queued one: all that run, and those whose turn comes earlier.
    package func jobsBefore(_ job: Job) throws -> Int {
        try read { db in
            let owner = Self.column(job.owner)
            let before =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM jobs WHERE state = 'queued' AND owner = :owner
                        AND (priority > :priority OR (priority = :priority AND id < :id))
                        """, arguments: ["owner": owner, "priority": job.priority, "id": job.id]) ?? 0
            let counts = try ownerCounts(db)
            let round = before + (counts.first { $0.owner == job.owner }?.running ?? 0)
            return try counts.reduce(before + counts.reduce(0) { $0 + $1.running }) { sum, other in
                guard other.owner != job.owner else { return sum }
                return try sum
                    + Turns.before(round: round, running: other.running, waiting: other.queued) {
                        let rival = try Int64.fetchOne(
                            db,
                            sql: """
                                SELECT id FROM jobs WHERE state = 'queued' AND owner = ? ORDER BY priority DESC, id
                                LIMIT 1 OFFSET ?
                                """, arguments: [Self.column(other.owner), round - other.running])
                        return rival.map { $0 < job.id } ?? false
                    }
            }
        }
    }

    private func turns(_ db: Database, limit: Int) throws -> [Job] {
        func jobs(_ state: JobState.Name, _ owner: UInt32?, limit: Int) throws -> [Job] {
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Job.columns) FROM jobs WHERE state = ? AND owner = ? ORDER BY priority DESC, id LIMIT ?
                    """, arguments: [state.rawValue, Self.column(owner), limit]
            ).map(Job.init)
        }
        return Turns.interleave(
            try ownerCounts(db).map { owner in
                Turns.Queue(
                    running: try jobs(.running, owner.owner, limit: .max),
                    waiting: try jobs(.queued, owner.owner, limit: limit))
            })
    }

    private func ownerCounts(_ db: Database) throws -> [OwnerCounts] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT owner, state, jobs FROM job_counts WHERE state IN ('running', 'queued') AND jobs > 0
                """)
        return Dictionary(grouping: rows) { $0["owner"] as Int64 }.map { owner, rows in
            func count(_ state: JobState.Name) -> Int {
                rows.first { $0["state"] == state.rawValue }.map { $0["jobs"] } ?? 0
            }
            return OwnerCounts(
                owner: UInt32(exactly: owner), running: count(.running), queued: count(.queued))
        }
    }

    static func column(_ owner: UInt32?) -> Int64 { owner.map(Int64.init) ?? -1 }

    /// The segments of these jobs, counted by job and depth.
    package func segmentCounts(of jobs: [Int64]) throws -> [Int64: [SegmentCounts]] {
        try read { try segmentCounts($0, where: "job IN (\(jobs.map(String.init).joined(separator: ", ")))") }
    }

    private static func list(_ jobs: some Sequence<Job>) -> String {
        jobs.map { String($0.id) }.joined(separator: ", ")
    }

    private func segmentCounts(_ db: Database, where condition: String) throws -> [Int64: [SegmentCounts]] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT job, depth, sum(state = 'done') AS done, sum(state = 'failed') AS failed,
                    max(evaluations) AS evaluations
                FROM segments WHERE \(condition) GROUP BY job, depth ORDER BY job, depth
                """)
        return Dictionary(grouping: rows) { $0["job"] as Int64 }.mapValues { rows in
            rows.map {
                SegmentCounts(
                    depth: $0["depth"], done: $0["done"], failed: $0["failed"],
                    evaluations: $0["evaluations"])
            }
        }
    }
}

extension JobStore {
    /// Since when the job waits that has been queued longest; nil where none is.
    package func queuedSince() throws -> Date? {
        try read { try Double.fetchOne($0, sql: "SELECT min(since) FROM jobs WHERE state = 'queued'") }
            .map(Date.init(timeIntervalSince1970:))
    }
}
