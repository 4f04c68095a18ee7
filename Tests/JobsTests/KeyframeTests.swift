import Foundation
import Plans
import TestSupport
import Testing

@testable import Jobs

struct KeyframeTests {
    private let folder: TemporaryFolder
    private let store: JobStore
    private let id: Int64

    init() throws {
        folder = try TemporaryFolder()
        store = try JobStore(path: folder.database)
        var job = NewJob.picnic(dropKey: "a")
        job.stopsAtKeyframes = true
        id = try store.accept(job).job.id
        try store.plan([(segment: .global, evaluations: 4)], for: id)
        try store.apply(.start, to: id)
        let global = SegmentKey(job: id, segment: .global)
        try store.apply(.start, to: global)
        try store.apply(.finish(seconds: 1), to: global)
    }

    @Test("A job that stops at its keyframes waits for approval, also when the database is opened again")
    func approval() throws {
        #expect(try store.apply(.reachKeyframes, to: id).state == .held(.approval))
        try store.close()
        let again = try JobStore(path: folder.database)
        #expect(try again.recover().requeued.isEmpty)
        #expect(try again.job(id)?.state == .held(.approval))
        let approved = try again.apply(.approve, to: id)
        #expect(approved.state == .queued && !approved.stopsAtKeyframes)
        // Nothing of it asks for approval any more.
        #expect(throws: IllegalTransition.self) { try again.apply(.approve, to: id) }
    }

    @Test("Approved before they are there, it goes on as it was")
    func ahead() throws {
        let before = try store.job(id)
        let after = try store.apply(.approve, to: id)
        #expect(after.state == before?.state && !after.stopsAtKeyframes)
    }

    @Test("What was held back at its keyframes goes past them once it is released")
    func release() throws {
        try store.apply(.reachKeyframes, to: id)
        #expect(try !store.apply(.release, to: id).stopsAtKeyframes)
    }

    @Test("Held back in the queue and released, it still stops at its keyframes")
    func heldEarlier() throws {
        try store.apply(.hold, to: id)
        #expect(try store.apply(.release, to: id).stopsAtKeyframes)
    }

    @Test("Held at its keyframes while it waits in the queue, or held back, it stops at them all the same")
    func heldAhead() throws {
        let other = try store.accept(.picnic(dropKey: "b")).job.id
        #expect(try store.apply(.holdAtKeyframes, to: other).state == .queued)
        try store.apply(.hold, to: other)
        #expect(try store.apply(.holdAtKeyframes, to: other).state == .held(.release))
        let released = try store.apply(.release, to: other)
        #expect(released.state == .queued && released.stopsAtKeyframes)
    }

    @Test(
        "Reseeding makes the keyframes again, all or one, with the next seed or a given one, and forgets what hangs on them"
    )
    func reseed() throws {
        let seed = try #require(try store.job(id)).seed
        #expect(throws: IllegalTransition.self) { try store.apply(.reseed(keyframe: nil, seed: nil), to: id) }
        func reseed(_ keyframe: Int?, _ seed: UInt64?) throws -> Job {
            if try store.job(id)?.state == .queued { try store.apply(.start, to: id) }
            if try store.job(id)?.state.name == .running { try store.apply(.reachKeyframes, to: id) }
            return try store.apply(.reseed(keyframe: keyframe, seed: seed), to: id)
        }
        var job = try reseed(2, nil)
        #expect(job.state == .queued && job.stopsAtKeyframes && job.seed == seed)
        #expect(job.takes == [Take(seed: seed), Take(seed: seed + 1, keyframes: [2])])
        #expect(try store.segments(of: id).map(\.state) == [.waiting])
        job = try reseed(0, 99)
        #expect(job.takes.last == Take(seed: 99, keyframes: [0]) && job.takes.count == 3)
        job = try reseed(nil, nil)
        #expect(job.seed == seed + 1 && job.takes.isEmpty)
        #expect(try reseed(nil, .max).seed == .max)
        #expect(try reseed(nil, nil).seed == 0)
        #expect(try store.events(of: id).filter { $0.kind == "reseeded" }.count == 5)
    }

    @Test("Who approves, reseeds or releases all of them means those that wait for it")
    func meant() throws {
        let waits: [JobEvent] = [.release, .approve, .reseed(keyframe: nil, seed: nil)]
        let atKeyframes = try store.apply(.reachKeyframes, to: id)
        #expect(waits.map(atKeyframes.isMeant) == [false, true, true])
        let heldBack = try store.apply(.hold, to: store.accept(.picnic()).job.id)
        #expect(waits.map(heldBack.isMeant) == [true, false, false])
    }
}
