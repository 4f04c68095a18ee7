import GRDB

// A migration that was released is never edited: `Tests/Fixtures/database` keeps a database of each version.
extension DatabaseMigrator {
    static var nuwa: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            // Times are seconds since 1970. `detail` is the film's path of a job that is done, and the reason of one
            // that failed or is paused. `seed` holds the bits of an unsigned number. `drop_pending`: the dropped file
            // may still lie in the spool, so that the same drop_key means the same drop.
            try db.execute(
                sql: """
                    CREATE TABLE jobs (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        name TEXT NOT NULL,
                        script TEXT NOT NULL,
                        script_hash TEXT NOT NULL,
                        drop_key TEXT,
                        drop_pending INTEGER NOT NULL CHECK (drop_pending IN (0, 1)),
                        state TEXT NOT NULL CHECK (
                            state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'held', 'paused')),
                        since REAL NOT NULL,
                        detail TEXT CHECK ((detail IS NOT NULL) = (state IN ('done', 'failed', 'paused'))),
                        priority INTEGER NOT NULL,
                        frames INTEGER NOT NULL,
                        fps INTEGER NOT NULL,
                        seed INTEGER NOT NULL,
                        model TEXT NOT NULL,
                        created REAL NOT NULL,
                        started REAL,
                        finished REAL,
                        attempts INTEGER NOT NULL DEFAULT 0
                    );
                    CREATE UNIQUE INDEX jobs_pending_drop ON jobs (drop_key) WHERE drop_pending = 1;
                    CREATE INDEX jobs_turn ON jobs (state, priority DESC, id);

                    CREATE TABLE segments (
                        job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
                        depth INTEGER NOT NULL,
                        idx INTEGER NOT NULL,
                        state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
                        attempts INTEGER NOT NULL DEFAULT 0,
                        steps_done INTEGER NOT NULL DEFAULT 0, -- no longer written: how far a segment is, the renderer knows
                        steps_total INTEGER NOT NULL,
                        seconds REAL CHECK ((seconds IS NOT NULL) = (state = 'done')),
                        error TEXT CHECK ((error IS NOT NULL) = (state = 'failed')),
                        PRIMARY KEY (job, depth, idx)
                    ) WITHOUT ROWID;
                    CREATE INDEX segments_unsettled ON segments (state, job) WHERE state IN ('running', 'failed');

                    CREATE TABLE events (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        time REAL NOT NULL,
                        job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
                        depth INTEGER,
                        segment INTEGER,
                        kind TEXT NOT NULL,
                        message TEXT NOT NULL
                    );
                    CREATE INDEX events_of_job ON events (job, id);
                    CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
                    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
                    """)
        }
        migrator.registerMigration("v2") { db in
            // `film_running`: the film is being put together. `film_attempts` counts as that of segments does.
            try db.execute(
                sql: """
                    ALTER TABLE jobs ADD COLUMN film_running INTEGER NOT NULL DEFAULT 0 CHECK (film_running IN (0, 1));
                    ALTER TABLE jobs ADD COLUMN film_attempts INTEGER NOT NULL DEFAULT 0;
                    """)
        }
        migrator.registerMigration("v3") { db in
            // `owner`: who owned the dropped file; -1 where that is not known, of jobs that an older nuwad took in.
            // `pauses`: how often the job was paused since it last got on. `resume_at`: when a paused job is tried again.
            // Owners take turns, so a queue is looked up by owner. `daemon` is what nuwad keeps of itself, by name.
            try db.execute(
                sql: """
                    ALTER TABLE jobs ADD COLUMN owner INTEGER NOT NULL DEFAULT -1;
                    ALTER TABLE jobs ADD COLUMN pauses INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE jobs ADD COLUMN resume_at REAL;
                    DROP INDEX jobs_turn;
                    CREATE INDEX jobs_turn ON jobs (state, owner, priority DESC, id);
                    CREATE TABLE daemon (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("v4") { db in
            // `hold`: what a held job waits for; NULL stands for its release. `stops_at_keyframes`: it is to be approved when they
            // are there. `takes`: how its keyframes are made, as JSON; none: all of them, with the job's seed.
            // `edit_of`: the job whose script was edited. A script's name is looked up at each drop.
            try db.execute(
                sql: """
                    ALTER TABLE jobs ADD COLUMN hold TEXT CHECK (hold IS NULL OR state = 'held');
                    ALTER TABLE jobs ADD COLUMN stops_at_keyframes INTEGER NOT NULL DEFAULT 0
                        CHECK (stops_at_keyframes IN (0, 1));
                    ALTER TABLE jobs ADD COLUMN takes TEXT NOT NULL DEFAULT '[]';
                    ALTER TABLE jobs ADD COLUMN edit_of INTEGER;
                    CREATE INDEX jobs_by_name ON jobs (name, id);
                    """)
        }
        migrator.registerMigration("v5") { db in
            // A job that meets a fault of the machine is *blocked*, and its faults are counted; *paused* is what somebody
            // does to all rendering. What code and JSON call by another name gets that name. SQLite cannot alter a CHECK, so the
            // table is made anew, by the steps of https://sqlite.org/lang_altertable.html#otheralter. Events keep the words they were written with.
            try db.execute(
                sql: """
                    CREATE TABLE new_jobs (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        name TEXT NOT NULL,
                        script TEXT NOT NULL,
                        script_hash TEXT NOT NULL,
                        owner INTEGER NOT NULL DEFAULT -1,
                        edit_of INTEGER,
                        drop_key TEXT,
                        drop_pending INTEGER NOT NULL CHECK (drop_pending IN (0, 1)),
                        state TEXT NOT NULL CHECK (
                            state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'held', 'blocked')),
                        since REAL NOT NULL,
                        detail TEXT CHECK ((detail IS NOT NULL) = (state IN ('done', 'failed', 'blocked'))),
                        hold TEXT CHECK (hold IS NULL OR state = 'held'),
                        faults INTEGER NOT NULL DEFAULT 0,
                        until REAL,
                        priority INTEGER NOT NULL,
                        frames INTEGER NOT NULL,
                        fps INTEGER NOT NULL,
                        seed INTEGER NOT NULL,
                        model TEXT NOT NULL,
                        stops_at_keyframes INTEGER NOT NULL DEFAULT 0 CHECK (stops_at_keyframes IN (0, 1)),
                        takes TEXT NOT NULL DEFAULT '[]',
                        accepted REAL NOT NULL,
                        started REAL,
                        finished REAL,
                        attempts INTEGER NOT NULL DEFAULT 0,
                        film_running INTEGER NOT NULL DEFAULT 0 CHECK (film_running IN (0, 1)),
                        film_attempts INTEGER NOT NULL DEFAULT 0
                    );
                    -- The largest number that was ever given.
                    INSERT INTO sqlite_sequence (name, seq) SELECT 'new_jobs', seq FROM sqlite_sequence WHERE name = 'jobs';
                    INSERT INTO new_jobs (
                        id, name, script, script_hash, owner, edit_of, drop_key, drop_pending, state, since, detail, hold,
                        faults, until, priority, frames, fps, seed, model, stops_at_keyframes, takes, accepted, started,
                        finished, attempts, film_running, film_attempts)
                    SELECT
                        id, name, script, script_hash, owner, edit_of, drop_key, drop_pending,
                        CASE state WHEN 'paused' THEN 'blocked' ELSE state END, since, detail, hold,
                        pauses, resume_at, priority, frames, fps, seed, model, stops_at_keyframes, takes, created, started,
                        finished, attempts, film_running, film_attempts
                    FROM jobs;
                    DROP TABLE jobs;
                    ALTER TABLE new_jobs RENAME TO jobs;
                    CREATE UNIQUE INDEX jobs_pending_drop ON jobs (drop_key) WHERE drop_pending = 1;
                    CREATE INDEX jobs_turn ON jobs (state, owner, priority DESC, id);
                    CREATE INDEX jobs_by_name ON jobs (name, id);
                    CREATE INDEX jobs_queued ON jobs (since) WHERE state = 'queued';

                    ALTER TABLE segments RENAME COLUMN steps_total TO evaluations;
                    ALTER TABLE segments RENAME COLUMN error TO reason;
                    ALTER TABLE segments DROP COLUMN steps_done;
                    """)
        }
        migrator.registerMigration("v6") { db in
            // How many jobs there are of each state and owner: asked by every status and every round of drops, so not counted then.
            try db.execute(
                sql: """
                    CREATE TABLE job_counts (
                        state TEXT NOT NULL, owner INTEGER NOT NULL, jobs INTEGER NOT NULL, PRIMARY KEY (state, owner)
                    ) WITHOUT ROWID;
                    INSERT INTO job_counts SELECT state, owner, count(*) FROM jobs GROUP BY state, owner;
                    CREATE TRIGGER job_comes AFTER INSERT ON jobs BEGIN
                        INSERT INTO job_counts VALUES (new.state, new.owner, 1)
                        ON CONFLICT DO UPDATE SET jobs = jobs + 1;
                    END;
                    CREATE TRIGGER job_changes AFTER UPDATE OF state, owner ON jobs
                    WHEN old.state <> new.state OR old.owner <> new.owner BEGIN
                        UPDATE job_counts SET jobs = jobs - 1 WHERE state = old.state AND owner = old.owner;
                        INSERT INTO job_counts VALUES (new.state, new.owner, 1)
                        ON CONFLICT DO UPDATE SET jobs = jobs + 1;
                    END;
                    CREATE TRIGGER job_goes AFTER DELETE ON jobs BEGIN
                        UPDATE job_counts SET jobs = jobs - 1 WHERE state = old.state AND owner = old.owner;
                    END;
                    """)
        }
        migrator.registerMigration("v7") { db in
            // Of a job that is an edit: how many keyframes stay as they were, of how many. Until now only the words of its event said so.
            try db.execute(
                sql: """
                    ALTER TABLE jobs ADD COLUMN kept_keyframes INTEGER;
                    ALTER TABLE jobs ADD COLUMN keyframes INTEGER
                        CHECK ((keyframes IS NULL) = (kept_keyframes IS NULL));
                    """)
            let edits = try Row.fetchAll(db, sql: "SELECT job, message FROM events WHERE kind = 'edited'")
            for edit in edits {
                let words: String = edit["message"]
                guard let found = words.firstMatch(of: /: (?:all|(\d+) of) (\d+) keyframes stay$/),
                    let total = Int(found.2)
                else { continue }
                try db.execute(
                    sql: "UPDATE jobs SET kept_keyframes = ?, keyframes = ? WHERE id = ?",
                    arguments: [found.1.flatMap { Int($0) } ?? total, total, edit["job"] as Int64])
            }
        }
        return migrator
    }
}
