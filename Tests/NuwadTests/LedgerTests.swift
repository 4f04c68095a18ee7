import Foundation
import GRDB
import Logging
import Plans
import Rendering
import TestSupport
import Testing

@testable import Jobs
@testable import Video
@testable import nuwad

@Suite struct LedgerTests {
    private let directory: TemporaryDirectory
    private let store: JobStore
    private let ledger: Ledger
    private let job: Int64

    init() throws {
        directory = try TemporaryDirectory()
        store = try JobStore(path: directory.file("nuwa.sqlite").path)
        ledger = Ledger(store: store, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        job = try store.accept(
            NewJob(
                name: "picnic.nuwa", script: "0:00 Pim walks.\n", scriptHash: "abc", dropKey: nil, frames: 226, fps: 24,
                seed: 42, model: "cartoon")
        ).job.id
        try store.plan([(.global, 20)], for: job)
    }

    /// Leaves the database no page beyond those that it has, and fills these to the last byte.
    private func fill() throws {
        try store.write(transaction: false) { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        for length in [1000, 100, 10, 0] {
            let message = String(repeating: "~", count: length)
            #expect(throws: JobStoreError.diskFull(path: store.path, reason: "database or disk is full, code 13")) {
                while true { try store.write { try store.record($0, job: job, kind: "filling", message: message) } }
            }
        }
    }

    private func makeRoom() throws {
        try store.write(transaction: false) { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
    }

    private var kinds: [String] {
        get throws { try store.events(of: job).map(\.kind).filter { $0 != "filling" } }
    }

    private let facts = FilmFacts(
        frames: 226, width: 32, height: 32, fps: 24)

    @Test("What a full database could not take is written later, in its order: a newer event overtakes no older one")
    func order() throws {
        try fill()
        ledger.jobStarted(job)
        ledger.segmentStarted(job: job, segment: .global)
        #expect(try store.job(job)?.state == .queued)
        #expect(try store.segmentStates(of: job)[.global] == .waiting)
        try makeRoom()
        ledger.jobFinished(job: job, film: directory.file("film.mp4"), facts: facts)
        #expect(try kinds == ["accepted", "started", "finished"])
        #expect(try store.job(job)?.state == .done(film: directory.file("film.mp4").path))
    }

    @Test("A full database is caught up with when there is room, without anything new happening")
    func catchUp() throws {
        try fill()
        ledger.jobStarted(job)
        ledger.catchUp()
        #expect(try store.job(job)?.state == .queued)
        try makeRoom()
        ledger.catchUp()
        #expect(try store.job(job)?.state.name == .running)
    }

    @Test("A wish is refused while older news wait, and changes nothing; it is met after them")
    func wish() throws {
        ledger.jobStarted(job)
        try fill()
        ledger.jobFinished(job: job, film: directory.file("film.mp4"), facts: facts)
        #expect(throws: JobStoreError.diskFull(path: store.path, reason: "database or disk is full, code 13")) {
            try ledger.apply(.cancel, to: job)
        }
        #expect(try store.job(job)?.state.name == .running)
        try makeRoom()
        // It was done before somebody wished to cancel it.
        #expect(throws: IllegalTransition.self) { try ledger.apply(.cancel, to: job) }
        #expect(try store.job(job)?.state.name == .done)
    }

    @Test("What concerns no job holds nothing up")
    func noSuchJob() throws {
        ledger.jobStarted(99)
        ledger.segmentStarted(job: job, segment: SegmentID(depth: 7, index: 0))
        ledger.jobStarted(job)
        #expect(try kinds == ["accepted", "started"])
    }
}
