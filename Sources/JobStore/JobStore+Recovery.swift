import GRDB

/// What a start found of the run before it.
package struct Recovery: Sendable, Equatable {
    /// Jobs that were running and are queued again.
    package let resumed: [Job]
    /// Jobs that failed because one of their segments took nuwad down too often.
    package let poisoned: [Job]
    /// Segments that were running when nuwad died, poisoned ones included.
    package let interrupted: [SegmentKey]
}

extension JobStore {
    /// So many attempts, the last of them alone, make a segment the culprit of nuwad's deaths.
    static let poisonLimit = 3

    /// Segments of a job that were at work in all but one as many deaths of nuwad as make a culprit. Made alone, they
    /// show whether they are innocent.
    package func suspects(of job: Int64) throws -> [SegmentKey] {
        try read { try segmentKeys($0, in: .waiting, of: job, minimumAttempts: Self.poisonLimit - 1) }
    }

    /// Puts what an earlier nuwad left behind in order, in one transaction; to be called once, before anything is
    /// started.
    ///
    /// A segment found running was interrupted: it waits again and keeps its attempts. One that was alone and has
    /// `poisonLimit` attempts is taken for the culprit, and it fails together with its job, so that all others can go
    /// on. In company it never is: whoever dies may take innocent ones along, any number of times.
    package func recover() throws -> Recovery {
        try write { db in
            let interrupted = try segmentKeys(db, in: .running)
            let limit = interrupted.count == 1 ? Self.poisonLimit : .max
            var poisoned: [Job] = []
            for key in interrupted {
                let row = try apply(.interrupt(limit: limit), to: key, db)
                guard row.state.name == .failed, try !fetchJob(db, key.job).state.isOver else { continue }
                let reason =
                    "nuwad died \(row.attempts) times while it rendered \(key), the last time with nothing else at work, "
                    + "so this job is left alone; `nuwactl retry \(key.job)` tries again"
                poisoned.append(try apply(.fail(reason: reason), to: key.job, db))
            }
            let running = try Int64.fetchAll(db, sql: "SELECT id FROM jobs WHERE state = 'running' ORDER BY id")
            let resumed = try running.map { try apply(.interrupt, to: $0, db) }
            return Recovery(resumed: resumed, poisoned: poisoned, interrupted: interrupted)
        }
    }
}
