package import Foundation
import GRDB
import Plans

extension JobStore {
    /// Takes scripts in, all in one transaction. A drop presented again, after a crash, gets the job it has.
    package func accept(_ new: [NewJob]) throws -> [Acceptance] {
        try write { db in try new.map { try accept($0, db) } }
    }

    private func accept(_ new: NewJob, _ db: Database) throws -> Acceptance {
        if let key = new.dropKey,
            let row = try Row.fetchOne(
                db, sql: "SELECT \(Job.columns) FROM jobs WHERE \(Self.isDrop)",
                arguments: Self.drop(key, new.name, isLinked: new.dropIsLinked))
        {
            return Acceptance(job: try Job(row: row), isNew: false)
        }
        let time = now().timeIntervalSince1970
        try db.execute(
            sql: """
                INSERT INTO jobs (name, script, script_hash, drop_key, drop_pending, owner, state, since,
                    priority, frames, fps, seed, model, stops_at_keyframes, takes, edit_of, kept_keyframes, keyframes,
                    accepted)
                VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                new.name, new.script, new.scriptHash,
                new.dropKey.map { new.dropIsLinked ? Self.key($0, of: new.name) : $0 }, new.dropKey != nil,
                Self.column(new.owner),
                time, new.priority, new.frames, new.fps, Int64(bitPattern: new.seed), new.model,
                new.stopsAtKeyframes, try new.takes.column, new.edit?.of, new.edit?.kept.kept,
                new.edit?.kept.total, time,
            ])
        let id = db.lastInsertedRowID
        try record(db, job: id, kind: "accepted", message: new.name)
        if let edit = new.edit {
            try record(db, job: id, kind: "edited", message: "an edit of job \(edit.of): \(edit.kept)")
        }
        return Acceptance(job: try fetchJob(db, id), isNew: true)
    }

    /// Finds the job of the dropped file that ``drop(_:_:isLinked:)`` describes. The key is enough, since the file may have been renamed;
    /// but of a file with several names (hard links) each name is a drop of its own, and then the name counts too.
    /// One search for each key: an OR of them would go through all that is pending.
    private static let isDrop = "drop_pending = 1 AND drop_key IN (?, ?) AND (name = ? OR NOT ? OR drop_key = ?)"

    private static func drop(_ key: String, _ name: String, isLinked: Bool) -> StatementArguments {
        let own = Self.key(key, of: name)
        return [key, own, name, isLinked, own]
    }

    /// The key of one of several names of a file.
    private static func key(_ key: String, of name: String) -> String { "\(key):\(name)" }

    /// Dropped files have left the spool for good: whatever is dropped from now on is another drop, be it the same file moved back.
    /// - Parameter drops: `isLinked` says that the file has other names; their jobs then keep the key
    package func dropsMoved(_ drops: [(key: String, name: String, isLinked: Bool)]) throws {
        try write { db in
            for drop in drops {
                try db.execute(
                    sql: "UPDATE jobs SET drop_pending = 0 WHERE \(Self.isDrop)",
                    arguments: Self.drop(drop.key, drop.name, isLinked: drop.isLinked))
            }
        }
    }

    /// The same of files that left it in an earlier life, under all of their names.
    package func dropsMoved(keys: [String]) throws {
        try write { db in
            for key in keys {
                try db.execute(
                    sql: "UPDATE jobs SET drop_pending = 0 WHERE drop_key = ? AND drop_pending = 1", arguments: [key])
            }
        }
    }

    /// The keys of drops whose files may still lie in the spool.
    package func pendingDrops() throws -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT drop_key FROM jobs WHERE drop_pending = 1") }
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

    /// The newest job of that very name, owner and model whose keyframes are made; nil where none of the newest 100 is.
    package func predecessor(name: String, owner: UInt32?, model: String) throws -> Job? {
        try read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT * FROM (
                        SELECT \(Job.columns) FROM jobs WHERE name = ? AND owner = ? AND model = ? ORDER BY id DESC LIMIT 100
                    ) AS newest WHERE state = 'done' OR EXISTS (
                        SELECT 1 FROM segments WHERE job = newest.id AND depth = 0 AND state = 'done')
                    ORDER BY id DESC LIMIT 1
                    """, arguments: [name, Self.column(owner), model]
            ).map(Job.init)
        }
    }

    /// The jobs in any of these states, by number.
    package func jobs(in states: Set<JobState.Name>) throws -> [Job] {
        let names = states.map(\.rawValue)
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        return try read { db in
            try Row.fetchAll(
                db, sql: "SELECT \(Job.columns) FROM jobs WHERE state IN (\(marks)) ORDER BY id",
                arguments: StatementArguments(names)
            ).map(Job.init)
        }
    }

    /// Jobs by number.
    /// - Parameter query: which of them
    package func jobs(_ query: JobQuery) throws -> [Job] {
        try read { db in
            let (condition, arguments) = query.condition
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Job.columns) FROM jobs WHERE \(condition) ORDER BY id \(query.newestFirst ? "DESC" : "")
                    LIMIT \(query.limit)
                    """, arguments: arguments
            ).map(Job.init)
        }
    }

    /// Blocked jobs that are to be tried again, those first that have waited longest. One that would have to wait
    /// longer than anybody ever has to is due as well: the clock has been set back since.
    package func blockedJobs(dueAt time: Date, limit: Int) throws -> [Int64] {
        let now = time.timeIntervalSince1970
        return try read { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM jobs WHERE state = 'blocked' AND coalesce(until, 0) NOT BETWEEN ? AND ?
                    ORDER BY coalesce(until, 0), id LIMIT ?
                    """, arguments: [now.nextUp, now + Backoff.longest, limit])
        }
    }

    /// Sets what a job's turn goes by, among those of its owner. Throws ``IllegalTransition`` when the job is over.
    @discardableResult
    package func prioritise(_ id: Int64, _ priority: Int) throws -> Job {
        try write { db in
            let job = try fetchJob(db, id)
            try job.checkHasTurn()
            try db.execute(sql: "UPDATE jobs SET priority = ? WHERE id = ?", arguments: [priority, id])
            try record(db, job: id, kind: "prioritised", message: "\(job.priority) to \(priority)")
            return try fetchJob(db, id)
        }
    }

    /// Lets an event happen to many jobs, in one transaction. Those in whose state it makes no sense stay as they are.
    package func apply(_ event: JobEvent, to ids: [Int64]) throws -> [(id: Int64, refusal: IllegalTransition?)] {
        try write { db in
            try ids.map { id in
                do {
                    try apply(event, to: id, db)
                    return (id, nil)
                } catch let error as IllegalTransition {
                    return (id, error)
                }
            }
        }
    }

    /// Lets an event happen to a job, with all that follows for its segments, in one transaction.
    ///
    /// Throws ``IllegalTransition`` when the event makes no sense in the job's state.
    @discardableResult
    package func apply(_ event: JobEvent, to id: Int64) throws -> Job {
        try write { try apply(event, to: id, $0) }
    }

    @discardableResult
    func apply(_ event: JobEvent, to id: Int64, _ db: Database) throws -> Job {
        let job = try fetchJob(db, id)
        let time = now()
        let new = try job.after(event, at: time)
        let next = new.state
        let isStart = event == .start
        let seconds = time.timeIntervalSince1970
        try db.execute(
            sql: """
                UPDATE jobs SET state = ?, since = coalesce(?, since), detail = ?, until = ?, hold = ?,
                    attempts = attempts + ?, seed = ?, takes = ?, stops_at_keyframes = ?,
                    faults = ?,
                    started = CASE WHEN ? THEN ? ELSE started END, finished = ? WHERE id = ?
                """,
            arguments: [
                next.name.rawValue, next == job.state ? nil : seconds, next.detail, next.until?.timeIntervalSince1970,
                next.hold?.rawValue, isStart ? 1 : 0, Int64(bitPattern: new.seed), try new.takes.column,
                new.stopsAtKeyframes,
                new.faults, isStart, seconds, next.isOver ? seconds : nil, id,
            ])
        switch new.effect {
        case .workGivenBack:
            for key in try segmentKeys(db, in: .running, of: id) { try apply(.giveBack, to: key, db) }
            if case .running = try fetchFilm(db, id) { try apply(.giveBack, toFilmOf: id, db) }
        case .workRetried:
            let failed = try segmentKeys(db, in: .failed, of: id)
            let suspects = try segmentKeys(db, in: .waiting, of: id, minimumAttempts: 1)
            for key in failed + suspects { try apply(.retry, to: key, db) }
            try apply(.retry, toFilmOf: id, db)
        case .workForgotten:
            for key in try segmentKeys(db, in: .done, of: id) { try apply(.forget, to: key, db) }
        case nil: break
        }
        try record(db, job: id, kind: event.participle, message: next.detail ?? event.message)
        return try fetchJob(db, id)
    }

    func fetchJob(_ db: Database, _ id: Int64) throws -> Job {
        guard let row = try Row.fetchOne(db, sql: "SELECT \(Job.columns) FROM jobs WHERE id = ?", arguments: [id])
        else { throw JobStoreError.noSuchJob(id) }
        return try Job(row: row)
    }
}

extension JobEvent {
    /// What its line in the log says, beside the state's own words.
    fileprivate var message: String {
        guard case .reseed(let place, let seed) = self else { return "" }
        let what = place.map { "keyframe \($0 + 1)" } ?? "all keyframes"
        return what + (seed.map { ", with the seed \($0)" } ?? "")
    }
}

extension JobQuery {
    fileprivate var condition: (sql: String, arguments: StatementArguments) {
        var parts = ["id > \(after)"]
        if let before { parts.append("id < \(before)") }
        if let states { parts.append("state IN (\(states.map { "'\($0.rawValue)'" }.joined(separator: ", ")))") }
        guard let name else { return (parts.joined(separator: " AND "), []) }
        // The ending is what follows the last dot, so `picnic` is no `picnic.v2.nuwa`.
        parts.append("(name = ? OR (substr(name, 1, length(?)) = ? AND instr(substr(name, length(?) + 2), '.') = 0))")
        return (parts.joined(separator: " AND "), [name, name + ".", name + ".", name])
    }
}

// What happened.
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
