import Foundation
import GRDB

extension JobStore {
    /// Takes a script in, in one transaction. The same drop presented again, after a crash, gets the job it has.
    package func accept(_ new: NewJob) throws -> Acceptance {
        try write { db in
            if let key = new.dropKey,
                let row = try Row.fetchOne(
                    db, sql: "SELECT \(Job.columns) FROM jobs WHERE drop_key = ? AND drop_pending = 1", arguments: [key]
                )
            {
                return Acceptance(job: try Job(row: row), isNew: false)
            }
            let time = now().timeIntervalSince1970
            try db.execute(
                sql: """
                    INSERT INTO jobs (name, script, script_hash, drop_key, drop_pending, state, since,
                        priority, frames, fps, seed, model, created)
                    VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    new.name, new.script, new.scriptHash, new.dropKey, new.dropKey != nil, time, new.priority,
                    new.frames, new.fps, Int64(bitPattern: new.seed), new.model, time,
                ])
            let id = db.lastInsertedRowID
            try record(db, job: id, kind: "accepted", message: new.name)
            return Acceptance(job: try fetchJob(db, id), isNew: true)
        }
    }

    /// The dropped file has left the spool for good: whatever is dropped from now on is another drop, be it the same
    /// file moved back.
    package func dropMoved(key: String) throws {
        try write { db in
            try db.execute(
                sql: "UPDATE jobs SET drop_pending = 0 WHERE drop_key = ? AND drop_pending = 1", arguments: [key])
        }
    }

    /// The job of that number; nil when there is none.
    package func job(_ id: Int64) throws -> Job? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT \(Job.columns) FROM jobs WHERE id = ?", arguments: [id]).map(Job.init)
        }
    }

    /// The text that was dropped.
    package func script(of id: Int64) throws -> String {
        try read { db in
            guard let text = try String.fetchOne(db, sql: "SELECT script FROM jobs WHERE id = ?", arguments: [id])
            else { throw JobStoreError.noSuchJob(id) }
            return text
        }
    }

    /// Jobs by number; only those in the given states when any are given.
    package func jobs(in states: Set<JobState.Name>? = nil) throws -> [Job] {
        let names = (states ?? Set(JobState.Name.allCases)).map(\.rawValue)
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        return try read { db in
            try Row.fetchAll(
                db, sql: "SELECT \(Job.columns) FROM jobs WHERE state IN (\(marks)) ORDER BY id",
                arguments: StatementArguments(names)
            ).map(Job.init)
        }
    }

    /// Lets an event happen to a job, with all that follows for its segments, in one transaction.
    ///
    /// Throws ``IllegalTransition`` when the event makes no sense in the job's state.
    @discardableResult
    package func apply(_ event: JobEvent, to id: Int64) throws -> Job {
        try write { try apply(event, to: id, $0) }
    }

    func apply(_ event: JobEvent, to id: Int64, _ db: Database) throws -> Job {
        let job = try fetchJob(db, id)
        let time = now()
        let (next, effect): (JobState, JobEffect?)
        do {
            (next, effect) = try job.state.after(event, at: time)
        } catch var error as IllegalTransition {
            error.subject = "job \(id)"
            throw error
        }
        let isStart = event == .start
        let seconds = time.timeIntervalSince1970
        try db.execute(
            sql: """
                UPDATE jobs SET state = ?, since = ?, detail = ?, attempts = attempts + ?,
                    started = CASE WHEN ? THEN ? ELSE started END, finished = ? WHERE id = ?
                """,
            arguments: [
                next.name.rawValue, seconds, next.detail, isStart ? 1 : 0, isStart, seconds,
                next.isOver ? seconds : nil, id,
            ])
        switch effect {
        case .workGivenBack:
            for key in try segmentKeys(db, in: .running, of: id) { try apply(.giveBack, to: key, db) }
            if case .running = try fetchFilm(db, id) { try apply(.giveBack, toFilmOf: id, db) }
        case .workRetried:
            let failed = try segmentKeys(db, in: .failed, of: id)
            let suspects = try segmentKeys(db, in: .waiting, of: id, minimumAttempts: 1)
            for key in failed + suspects { try apply(.retry, to: key, db) }
            try apply(.retry, toFilmOf: id, db)
        case nil: break
        }
        try record(db, job: id, kind: event.participle, message: next.detail ?? "")
        return try fetchJob(db, id)
    }

    func fetchJob(_ db: Database, _ id: Int64) throws -> Job {
        guard let row = try Row.fetchOne(db, sql: "SELECT \(Job.columns) FROM jobs WHERE id = ?", arguments: [id])
        else { throw JobStoreError.noSuchJob(id) }
        return try Job(row: row)
    }
}
