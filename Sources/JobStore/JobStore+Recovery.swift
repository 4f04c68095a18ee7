import GRDB

/// What a start found of the run before it.
public struct Recovery: Sendable, Equatable {
    /// Jobs that were running and are queued again.
    public let resumed: [Job]
    /// Jobs that failed because one of their segments took nuwad down too often.
    public let poisoned: [Job]
    /// Segments that were running when nuwad died, poisoned ones included.
    public let interrupted: [SegmentKey]
}

extension JobStore {
    /// Puts what an earlier nuwad left behind in order, in one transaction; to be called once, before anything is
    /// started.
    ///
    /// A segment found running was interrupted: it waits again and keeps its attempts. With `poisonLimit` attempts it
    /// is taken for the culprit, and it fails together with its job, so that all others can go on.
    public func recover(poisonLimit: Int = 2) throws -> Recovery {
        try write { db in
            let interrupted = try segmentKeys(db, in: .running)
            var culprits: [Int64: [SegmentKey]] = [:]
            for key in interrupted {
                let row = try apply(.interrupt(limit: poisonLimit), to: key, db)
                if row.state.name == .failed { culprits[key.job, default: []].append(key) }
            }
            var poisoned: [Job] = []
            for (job, keys) in culprits.sorted(by: { $0.key < $1.key }) where try !fetchJob(db, job).state.isOver {
                let names = keys.map(\.description).joined(separator: ", ")
                let reason =
                    "nuwad died \(poisonLimit) times while it rendered \(names), so this job is left alone; "
                    + "`nuwactl retry \(job)` tries again"
                poisoned.append(try apply(.fail(reason: reason), to: job, db))
            }
            let running = try Int64.fetchAll(db, sql: "SELECT id FROM jobs WHERE state = 'running' ORDER BY id")
            let resumed = try running.map { try apply(.interrupt, to: $0, db) }
            return Recovery(resumed: resumed, poisoned: poisoned, interrupted: interrupted)
        }
    }
}
