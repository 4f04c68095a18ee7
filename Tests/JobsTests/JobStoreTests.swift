import GRDB
import Foundation
import Plans
import TestSupport
import Testing

@testable import Jobs

struct JobStoreTests {
    private let folder: TemporaryFolder
    private let store: JobStore

    init() throws {
        folder = try TemporaryFolder()
        store = try JobStore(path: folder.database)
    }

    @Test("An accepted script is a queued job with all its facts")
    func accept() throws {
        let script = "# Grüße, Ωmega 🦕\n0:00 Pim walks.\n"
        var new = NewJob.picnic(seed: .max)
        new.script = script
        let acceptance = try store.accept(new)
        #expect(acceptance.isNew)
        let job = try #require(try store.job(acceptance.job.id))
        #expect(job == acceptance.job)
        #expect(job.state == .queued)
        #expect(job.seed == .max)
        #expect((job.frames, job.fps, job.model, job.attempts) == (226, 24, "cartoon", 0))
        #expect(job.started == nil && job.finished == nil)
        #expect(try store.script(of: job.id) == script)
        #expect(try store.events(of: job.id).map(\.kind) == ["accepted"])
    }

    @Test("The same drop presented again gets the job it has; once its file has moved, the key is free")
    func sameDrop() throws {
        let first = try store.accept(.picnic(dropKey: "7:1:20:abc"))
        let again = try store.accept(.picnic(dropKey: "7:1:20:abc"))
        #expect(again == Acceptance(job: first.job, isNew: false))
        #expect(try store.accept(.picnic(dropKey: "8:1:20:abc")).isNew)
        // Renamed, it is the same; where it has more names than one, each is a drop.
        var other = NewJob.picnic(dropKey: "7:1:20:abc")
        other.name = "other.nuwa"
        #expect(try store.accept(other).isNew == false)
        try store.dropsMoved(keys: ["7:1:20:abc"])
        #expect(try store.accept(.picnic(dropKey: "7:1:20:abc")).isNew)
        #expect(try store.jobs().count == 3)
    }

    @Test("A job goes from queued to done, and the log tells how")
    func life() throws {
        let id = try store.runningPicnic()
        let running = try #require(try store.job(id))
        #expect(running.state == .running(since: try #require(running.started)))
        #expect(running.attempts == 1)
        let done = try store.apply(.finish(film: "/films/picnic.mp4"), to: id)
        #expect(done.state == .done(film: "/films/picnic.mp4"))
        #expect(done.finished != nil)
        let events = try store.events(of: id)
        #expect(events.map(\.kind) == ["accepted", "started", "finished"])
        #expect(events.last?.message == "/films/picnic.mp4")
        #expect(try store.events(of: id, after: events[0].id).count == 2)
    }

    @Test("Jobs can be asked for by state")
    func filter() throws {
        let running = try store.runningPicnic()
        let queued = try store.accept(.picnic()).job.id
        #expect(try store.jobs(in: [.queued]).map(\.id) == [queued])
        #expect(try store.jobs(in: [.running, .queued]).map(\.id) == [running, queued])
        #expect(try store.jobs(in: []).isEmpty)
        #expect(try store.jobs().count == 2)
    }

    @Test("A refused change names the job and changes nothing")
    func refusal() throws {
        let id = try store.accept(.picnic()).job.id
        let error = #expect(throws: IllegalTransition.self) { try store.apply(.retry, to: id) }
        #expect(error?.description == "job \(id) is already queued; only a failed or cancelled job can be retried")
        #expect(try store.job(id)?.state == .queued)
        #expect(try store.events(of: id).count == 1)
        #expect(throws: JobStoreError.noSuchJob(99)) { try store.apply(.cancel, to: 99) }
        #expect(throws: JobStoreError.noSuchJob(99)) { try store.script(of: 99) }
        #expect(try store.job(99) == nil)
    }

    @Test("Segments count their attempts and seconds")
    func segments() throws {
        let id = try store.runningPicnic()
        let key = SegmentKey(job: id, depth: 0, index: 0)
        try store.apply(.start, to: key)
        #expect(try store.segments(of: id)[0].state == .running)
        try store.apply(.finish(seconds: 3.5), to: key)
        let rows = try store.segments(of: id)
        #expect(rows.map(\.key.description) == ["d0s000", "d1s000", "d1s001"])
        #expect(rows[0].state == .done(seconds: 3.5))
        #expect(rows[1].state == .waiting)

        let error = #expect(throws: IllegalTransition.self) { try store.apply(.start, to: key) }
        #expect(error?.description == "segment d0s000 of job \(id) is done; only a waiting segment can be started")
        let unknown = SegmentKey(job: id, depth: 4, index: 0)
        #expect(throws: JobStoreError.noSuchSegment(unknown)) { try store.apply(.start, to: unknown) }
    }

    @Test("Planning a job again keeps what its segments have reached")
    func planAgain() throws {
        let id = try store.runningPicnic()
        try store.apply(.finish(seconds: 0), to: SegmentKey(job: id, depth: 0, index: 0))
        try store.plan(
            [(.global, 20)] + (0...2).map { (SegmentID(depth: 1, index: $0), 8) }, for: id)
        #expect(try store.segments(of: id).map(\.state.name) == [.done, .waiting, .waiting, .waiting])
    }

    @Test("Planning a job again, for a model with another plan, drops the segments that there are no more")
    func planOtherwise() throws {
        let id = try store.runningPicnic()
        try store.plan((0...5).map { (SegmentID(depth: 2, index: $0), 8) }, for: id)
        try store.plan([(.global, 20), (SegmentID(depth: 1, index: 0), 8)], for: id)
        #expect(try store.segments(of: id).map(\.key.depth) == [0, 1])
    }

    @Test(
        "A job that leaves `running` gives its running segments back, without blame",
        arguments: [JobEvent.cancel, .hold, .block(reason: "disk full"), .interrupt, .fail(reason: "no ink")])
    func givenBack(event: JobEvent) throws {
        let id = try store.runningPicnic()
        try store.apply(.start, to: SegmentKey(job: id, depth: 0, index: 0))
        try store.apply(event, to: id)
        let row = try store.segments(of: id)[0]
        #expect(row.state == .waiting)
        #expect(row.attempts == 0)
    }

    @Test("A retry gives failed segments another chance and keeps the done ones")
    func retry() throws {
        let id = try store.runningPicnic()
        let keys = try store.segments(of: id).map(\.key)
        try store.apply(.finish(seconds: 1), to: keys[0])
        try store.apply(.start, to: keys[1])
        try store.apply(.fail(reason: "not a number in the latents"), to: keys[1])
        try store.apply(.fail(reason: "d1s000 failed"), to: id)
        #expect(try store.job(id)?.state == .failed(reason: "d1s000 failed"))

        let job = try store.apply(.retry, to: id)
        #expect(job.state == .queued)
        #expect(job.finished == nil)
        let rows = try store.segments(of: id)
        #expect(rows.map(\.state) == [.done(seconds: 1), .waiting, .waiting])
        #expect(rows[1].attempts == 0)
        #expect(try store.events(of: id).last?.kind == "retried")
    }

    @Test("A line about a job can be written, and never changed")
    func record() throws {
        let id = try store.accept(.picnic()).job.id
        let key = SegmentKey(job: id, depth: 1, index: 4)
        try store.write { try store.record($0, job: id, segment: key, kind: "notMoved", message: "cannot move it") }
        let event = try #require(try store.events(of: id).last)
        #expect((event.depth, event.segment, event.kind) == (1, 4, "notMoved"))
        #expect(throws: JobStoreError.self) {
            try store.write { try $0.execute(sql: "UPDATE events SET message = ''") }
        }
    }
}
