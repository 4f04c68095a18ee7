import GRDB

/// What a start found of the run before it.
package struct Recovery: Sendable, Equatable {
    /// Jobs that were running and are queued again.
    package let requeued: [Job]
    /// Jobs that failed because one of their segments, or their film, took nuwad down too often.
    package let culprits: [Job]
}

extension JobStore {
    /// So many attempts, the last of them alone, make a segment or a film the culprit of nuwad's deaths.
    static let culpritAttempts = 3

    /// Segments of a job that were at work in so many deaths of nuwad that one more would make them the culprit. They are
    /// made with nothing else at work, which shows whether they are.
    package func suspects(of job: Int64) throws -> [SegmentKey] {
        try read { try segmentKeys($0, in: .waiting, of: job, minimumAttempts: Self.culpritAttempts - 1) }
    }

    /// Whether the same is true of its film, while it was put together.
    package func suspectsFilm(of job: Int64) throws -> Bool {
        guard case .waiting(let attempts) = try read({ try fetchFilm($0, job) }) else { return false }
        return attempts >= Self.culpritAttempts - 1
    }

    /// Puts what an earlier nuwad left behind in order, in one transaction; to be called once, before anything is
    /// started.
    ///
    /// A segment found running was interrupted: it waits again and keeps its attempts. One that was alone and has
    /// `culpritAttempts` attempts is taken for the culprit, and it fails together with its job, so that all others can go
    /// on. In company it never is: whoever dies may take innocent ones along, any number of times. A film that was
    /// being put together is treated alike.
    package func recover() throws -> Recovery {
        try write { db in
            let segments = try segmentKeys(db, in: .running)
            let films = try Int64.fetchAll(db, sql: "SELECT id FROM jobs WHERE film_running = 1 ORDER BY id")
            let limit = segments.count + films.count == 1 ? Self.culpritAttempts : .max
            var culprits: [Job] = []
            func blame(_ job: Int64, _ act: String, attempts: Int) throws {
                guard try !fetchJob(db, job).state.isOver else { return }
                let reason =
                    "nuwad died \(attempts) times while it \(act), the last time with nothing else at work, "
                    + "so this job is left alone; `nuwactl retry \(job)` tries again"
                culprits.append(try apply(.fail(reason: reason), to: job, db))
            }
            for key in segments {
                let row = try apply(.interrupt(limit: limit), to: key, db)
                guard row.state.name == .failed else { continue }
                try blame(key.job, "rendered \(key)", attempts: row.attempts)
            }
            for job in films {
                try apply(.interrupt, toFilmOf: job, db)
                guard case .waiting(let attempts) = try fetchFilm(db, job), attempts >= limit else { continue }
                try blame(job, "put the film together", attempts: attempts)
            }
            let running = try Int64.fetchAll(db, sql: "SELECT id FROM jobs WHERE state = 'running' ORDER BY id")
            let requeued = try running.map { try apply(.interrupt, to: $0, db) }
            return Recovery(requeued: requeued, culprits: culprits)
        }
    }
}
