import Foundation
import GRDB
import Plans
import TestSupport
import Testing

@testable import Jobs

struct OpeningTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("synchronous=FULL and WAL are really in force, for every write")
    func durable() throws {
        let store = try JobStore(path: folder.database)
        let found = try store.write { db in
            (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
        }
        #expect(found == (2, "wal"))
    }

    @Test("A database of version 1 opens, and everything in it is still there")
    func versionOne() throws {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/database/v1.sqlite")
        try FileManager.default.copyItem(atPath: fixture.path, toPath: folder.database)

        let store = try JobStore(path: folder.database)
        let jobs = try store.jobs()
        #expect(
            jobs.map(\.state.words) == [
                "done",
                "failed: nuwad died 2 times while it rendered d1s001, so this job is left alone; `nuwactl retry 2` tries again",
                "queued", "cancelled", "held", "blocked: the disk is full", "queued",
            ])
        #expect(jobs[0].state.film == "/var/lib/nuwa/films/picnic.mp4")
        #expect(jobs[2].seed == .max)
        #expect(try store.script(of: 1) == "seed 42\nframes 226\n\n0:00 Pim walks. Grüße 🦕\n")
        #expect(
            try store.segments(of: 1).map(\.state) == [.done(seconds: 2.5), .done(seconds: 1.25), .done(seconds: 0)])
        #expect(try store.segments(of: 2).map(\.state.name) == [.done, .waiting, .failed])
        #expect(try store.events(of: 1).map(\.kind) == ["accepted", "started", "finished"])
        #expect(try store.accept(.picnic(dropKey: "pending:drop")).isNew == false)
        #expect(try store.recover().requeued.map(\.id) == [])
        #expect(try store.jobs(in: [.queued]).map(\.id) == [3, 7])
        #expect(try store.suspectsFilm(of: 3) == false)
    }

    @Test("A database of version 2 opens, and the film that nuwad died of is known")
    func versionTwo() throws {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/database/v2.sqlite")
        try FileManager.default.copyItem(atPath: fixture.path, toPath: folder.database)

        let store = try JobStore(path: folder.database)
        #expect(try store.jobs().map(\.state.name) == [.done, .running])
        #expect(try store.jobs().map(\.owner) == [nil, nil])
        #expect(try store.mode() == .rendering)
        #expect(try store.segments(of: 1).map(\.state.name) == [.done, .done, .done, .done])
        #expect(try store.read { try store.fetchFilm($0, 2) } == .running(attempts: 1))
        #expect(try store.recover().requeued.map(\.id) == [2])
        #expect(try store.read { try store.fetchFilm($0, 2) } == .waiting(attempts: 1))
    }

    @Test("A database of version 3 opens: a held job waits for its release, and no job stops at its keyframes")
    func versionThree() throws {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/database/v3.sqlite")
        try FileManager.default.copyItem(atPath: fixture.path, toPath: folder.database)

        let store = try JobStore(path: folder.database)
        let jobs = try store.jobs()
        #expect(jobs.map(\.state) == [.done(film: "/var/lib/nuwa/films/walk-1.mp4"), .held(.release)])
        #expect(jobs.map(\.owner) == [0, 0])
        #expect(jobs.allSatisfy { !$0.stopsAtKeyframes && $0.takes.isEmpty && $0.editOf == nil })
        #expect(try store.mode().by == "root")
        #expect(try store.predecessor(name: "walk.nuwa", owner: 0, model: "tiny")?.id == 1)
        #expect(try store.predecessor(name: "wave.nuwa", owner: 0, model: "tiny") == nil)
        #expect(try store.apply(.release, to: 2).state == .queued)
    }

    @Test("A database of version 4 opens: what was called paused is blocked, and all else of the jobs is as it was")
    func versionFour() throws {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/database/v4.sqlite")
        try FileManager.default.copyItem(atPath: fixture.path, toPath: folder.database)

        let store = try JobStore(path: folder.database)
        let jobs = try store.jobs()
        let fault = "cannot make directory /var/lib/nuwa/films: Not a directory"
        let retry = Date(timeIntervalSince1970: 1_795_847_973.292026)
        #expect(
            jobs.map(\.state) == [
                .done(film: "/var/lib/nuwa/films/walk-1.mp4"), .held(.approval), .blocked(reason: fault, until: retry),
            ])
        #expect(jobs.map(\.faults) == [0, 0, 1])
        #expect(jobs.map(\.editOf) == [nil, 1, nil])
        #expect(jobs[1].takes.map(\.seed) == [7, 7])
        #expect(jobs.map(\.stopsAtKeyframes) == [false, true, false])
        #expect(try store.script(of: 3) == "seed 8\nframes 26\n0% Rok sits.\n")
        #expect(try jobs.map { try store.segments(of: $0.id).count } == [13, 13, 13])
        #expect(try store.events(of: 3).map(\.kind).last == "paused", "events keep the words they were written with")
        #expect(try store.blockedJobs(dueAt: retry, limit: 9) == [3])
        #expect(try store.apply(.unblock, to: 3).state == .queued)
        #expect(try store.accept(.picnic()).job.id == 4)
    }

    @Test("A database of version 5 opens, and its jobs are counted; the counts follow what happens to jobs")
    func versionFive() throws {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/database/v5.sqlite")
        try FileManager.default.copyItem(atPath: fixture.path, toPath: folder.database)

        let store = try JobStore(path: folder.database)
        #expect(try store.mode().name == .paused)
        #expect(try store.jobs().map(\.state.name) == [.done, .queued, .queued])
        func counts() throws -> [JobState.Name: Int] { try store.overview(limit: 9).counts }
        func owners() throws -> [UInt32?: Int] {
            Dictionary(uniqueKeysWithValues: try store.overview(limit: 9).owners.map { ($0.owner, $0.queued) })
        }
        #expect(try counts() == [.done: 1, .queued: 2] && owners() == [0: 1, 65534: 1])
        try store.apply(.start, to: 3)
        try store.apply(.cancel, to: 2)
        _ = try store.accept(.picnic())
        #expect(try counts() == [.cancelled: 1, .done: 1, .queued: 1, .running: 1])
        #expect(try owners() == [65534: 0, nil: 1])
        // Nothing removes jobs, but somebody may by hand.
        try store.write { try $0.execute(sql: "DELETE FROM jobs WHERE id = 1") }
        #expect(try counts()[.done] == nil)
        let counted = try store.read { db in
            try String.fetchAll(db, sql: "SELECT state || owner || count(*) FROM jobs GROUP BY state, owner ORDER BY 1")
        }
        let kept = try store.read { db in
            try String.fetchAll(db, sql: "SELECT state || owner || jobs FROM job_counts WHERE jobs > 0 ORDER BY 1")
        }
        #expect(counted == kept)
    }

    @Test("A database of version 6 opens, and what an edit kept, which was in words, is known by its numbers")
    func versionSix() throws {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/database/v6.sqlite")
        try FileManager.default.copyItem(atPath: fixture.path, toPath: folder.database)

        let store = try JobStore(path: folder.database)
        let jobs = try store.jobs()
        #expect(jobs.map(\.editOf) == [nil, 1, 2, nil])
        #expect(jobs.map(\.kept) == [nil, KeptKeyframes(kept: 2, of: 4), KeptKeyframes(kept: 4, of: 4), nil])
        #expect(
            jobs.map { $0.kept?.description } == [nil, "2 of 4 keyframes stay", "all 4 keyframes stay", nil])
        var edit = NewJob.picnic()
        edit.edit = (of: 3, kept: KeptKeyframes(kept: 1, of: 4))
        let made = try store.accept(edit).job
        #expect(made.editOf == 3 && made.kept == KeptKeyframes(kept: 1, of: 4))
        #expect(try store.events(of: made.id).last?.message == "an edit of job 3: 1 of 4 keyframes stay")
        #expect(try store.job(made.id) == made)
    }

    @Test("A database of a newer nuwad is refused and left untouched", arguments: [true, false])
    func newer(readOnly: Bool) throws {
        let store = try JobStore(path: folder.database)
        try store.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v999')") }
        try store.close()
        #expect(throws: JobStoreError.newerSchema(path: folder.database)) {
            _ = try readOnly ? JobStore(readOnly: folder.database) : JobStore(path: folder.database)
        }
        #expect(
            "\(JobStoreError.newerSchema(path: "/x/nuwa.sqlite"))"
                == "/x/nuwa.sqlite: this database was written by a newer nuwad and is left untouched. Install that version again, or give another place with --root"
        )
    }

    @Test("A file that is no database is called damaged, with the way out")
    func noDatabase() throws {
        let text = String(repeating: "this is not a database\n", count: 300)
        try text.write(toFile: folder.database, atomically: true, encoding: .utf8)
        let error = #expect(throws: JobStoreError.self) { _ = try JobStore(path: folder.database) }
        #expect(
            "\(try #require(error))".contains("nuwa.sqlite: the database is damaged (file is not a database, code 26)"))
        #expect("\(try #require(error))".contains("move the file away together with its -wal and -shm"))
        #expect(try String(contentsOfFile: folder.database, encoding: .utf8) == text)
    }

    @Test("A database with a damaged page is refused at the start, with what was found")
    func damagedPage() throws {
        let store = try JobStore(path: folder.database)
        for _ in 1...200 { _ = try store.accept(.picnic()) }
        try store.close()
        let url = URL(filePath: folder.database)
        var bytes = try Data(contentsOf: url)
        // The middle of the file, on a page of its own.
        let middle = bytes.count / 2 / 4096 * 4096
        bytes.replaceSubrange(middle..<middle + 4096, with: Data(repeating: 0xA5, count: 4096))
        try bytes.write(to: url)
        let error = #expect(throws: JobStoreError.self) { _ = try JobStore(path: folder.database) }
        guard case .damaged(folder.database, let findings) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!findings.isEmpty)
    }

    @Test("A missing folder is named")
    func missingFolder() {
        let path = folder.url.appendingPathComponent("nowhere/nuwa.sqlite").path
        let error = #expect(throws: JobStoreError.self) { _ = try JobStore(path: path) }
        #expect(error?.description.hasPrefix("\(path): cannot open the database: ") == true)
    }

    @Test("Reading works beside a running nuwad, and sees what it writes")
    func readBesideWriter() throws {
        let store = try JobStore(path: folder.database)
        let id = try store.runningPicnic()
        let reader = try JobStore(readOnly: folder.database)
        #expect(try reader.job(id)?.state.name == .running)
        try store.apply(.cancel, to: id)
        #expect(try reader.job(id)?.state == .cancelled)
    }

    @Test("Reading works when nuwad was stopped, and leaves nothing behind; changes are refused")
    func readAlone() throws {
        let store = try JobStore(path: folder.database)
        let id = try store.runningPicnic()
        try store.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["nuwa.sqlite"])
        let reader = try JobStore(readOnly: folder.database)
        #expect(try reader.jobs().map(\.id) == [id])
        #expect(try reader.segments(of: id).count == 3)
        #expect(throws: JobStoreError.self) { try reader.apply(.cancel, to: id) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["nuwa.sqlite"])
    }

    @Test("Reading where nuwad never ran says so")
    func readNothing() {
        let error = #expect(throws: JobStoreError.self) { _ = try JobStore(readOnly: folder.database) }
        #expect(error?.description.contains("there is no such file; nuwad has never run here") == true)
    }
}
