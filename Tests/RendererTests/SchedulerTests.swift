import RenderPlan
import Testing

@testable import Renderer

@Suite struct SchedulerTests {
    private let global = SegmentID.global

    /// 10 frames of 4: one segment at depth 0, three at depth 1. Jobs of one `family` need the same segments.
    private func submit(
        _ scheduler: inout Scheduler, _ job: Int64, priority: Int = 0, family: Int64? = nil,
        solitary: Set<SegmentID> = []
    ) throws {
        let plan = try RenderPlan(frames: 10, segmentFrames: 4)
        let names = try Dictionary(
            uniqueKeysWithValues: plan.segmentIDs.map { ($0, try Fingerprint(of: "\(family ?? job) \($0)")) })
        scheduler.submit(job: job, plan: plan, priority: priority, solitary: solitary) { names[$0]! }
    }

    private func local(_ index: Int) -> SegmentID { SegmentID(depth: 1, index: index) }

    @Test("Depths come in order, segments from left to right, and the film when all are done")
    func order() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        #expect(scheduler.next() == .segment(job: 1, global))
        #expect(scheduler.next() == nil)
        scheduler.finished(global, of: 1)
        for index in 0..<3 { #expect(scheduler.next() == .segment(job: 1, local(index))) }
        #expect(scheduler.next() == nil)
        for index in [2, 0] { scheduler.finished(local(index), of: 1) }
        #expect(scheduler.next() == nil)
        scheduler.finished(local(1), of: 1)
        #expect(scheduler.next() == .film(job: 1))
        #expect(scheduler.next() == nil)
    }

    @Test("Jobs are served by priority, then by submission; one that must wait lets the next pass")
    func jobs() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        try submit(&scheduler, 2)
        try submit(&scheduler, 3, priority: 1)
        #expect(scheduler.jobs == [3, 1, 2])
        #expect(scheduler.next() == .segment(job: 3, global))
        #expect(scheduler.next() == .segment(job: 1, global))
        #expect(scheduler.next() == .segment(job: 2, global))
        #expect(scheduler.next() == nil)
        scheduler.finished(global, of: 2)
        scheduler.finished(global, of: 3)
        #expect(scheduler.next() == .segment(job: 3, local(0)))
    }

    @Test("What a worker makes for one job, another job waits for")
    func same() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1, family: 9)
        try submit(&scheduler, 2, family: 9)
        #expect(scheduler.next() == .segment(job: 1, global))
        #expect(scheduler.next() == nil)
        scheduler.finished(global, of: 1)
        #expect(scheduler.next() == .segment(job: 1, local(0)))
        #expect(scheduler.next() == .segment(job: 1, local(1)))
        #expect(scheduler.next() == .segment(job: 1, local(2)))
        #expect(scheduler.next() == .segment(job: 2, global))
    }

    @Test("An abandoned segment is handed out again")
    func abandoned() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        #expect(scheduler.next() == .segment(job: 1, global))
        scheduler.abandoned(global, of: 1)
        #expect(scheduler.next() == .segment(job: 1, global))
    }

    @Test("A lost segment comes again before those that need it")
    func lost() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        _ = scheduler.next()
        scheduler.finished(global, of: 1)
        #expect(scheduler.next() == .segment(job: 1, local(0)))
        scheduler.abandoned(local(0), of: 1)
        #expect(scheduler.lost(global, of: 1) == 1)
        #expect(scheduler.next() == .segment(job: 1, global))
        #expect(scheduler.next() == nil)
        scheduler.finished(global, of: 1)
        #expect(scheduler.next() == .segment(job: 1, local(0)))
        #expect(scheduler.lost(global, of: 1) == 2)
    }

    @Test("A segment found lost by several at once is lost once")
    func suspect() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        _ = scheduler.next()
        scheduler.finished(global, of: 1)
        let found = (0..<3).map { _ in scheduler.suspect(global, of: 1) }
        #expect(found == [true, false, false])
        #expect(scheduler.lost(global, of: 1) == 1)
        let foundWhileMissing = scheduler.suspect(global, of: 1)
        #expect(!foundWhileMissing)
    }

    @Test("A lost chunk takes the film back")
    func lostChunk() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        for segment in [global, local(0), local(1), local(2)] {
            #expect(scheduler.next() == .segment(job: 1, segment))
            scheduler.finished(segment, of: 1)
        }
        #expect(scheduler.next() == .film(job: 1))
        _ = scheduler.lost(local(1), of: 1)
        scheduler.filmAbandoned(1)
        #expect(scheduler.next() == .segment(job: 1, local(1)))
        scheduler.finished(local(1), of: 1)
        #expect(scheduler.next() == .film(job: 1))
    }

    @Test("Nothing of a failed job is handed out, and it ends when its last worker has left")
    func failed() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        _ = scheduler.next()
        scheduler.finished(global, of: 1)
        _ = scheduler.next()
        _ = scheduler.next()
        scheduler.abandoned(local(0), of: 1)
        scheduler.fail(1, .unexpected(reason: "first"))
        scheduler.fail(1, .unexpected(reason: "second"))
        #expect(!scheduler.isWanted(1))
        #expect(scheduler.next() == nil)
        #expect(scheduler.removeFailed(1) == nil)
        scheduler.abandoned(local(1), of: 1)
        #expect(scheduler.removeFailed(1) == .unexpected(reason: "first"))
        #expect(scheduler.jobs.isEmpty)
    }

    @Test("A paused job is passed over until it is resumed")
    func paused() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1, priority: 9)
        try submit(&scheduler, 2)
        scheduler.setPaused(true, 1)
        #expect(!scheduler.isWanted(1))
        #expect(scheduler.next() == .segment(job: 2, global))
        scheduler.setPaused(false, 1)
        #expect(scheduler.next() == .segment(job: 1, global))
    }

    @Test("A suspect is made with nothing else at work, and nothing overtakes it")
    func solitary() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1, solitary: [local(1)])
        try submit(&scheduler, 2)
        #expect(scheduler.next() == .segment(job: 1, global))
        #expect(scheduler.next() == .segment(job: 2, global))
        scheduler.finished(global, of: 1)
        #expect(scheduler.next() == .segment(job: 1, local(0)))
        #expect(scheduler.next() == nil)
        scheduler.finished(local(0), of: 1)
        #expect(scheduler.next() == nil)
        scheduler.finished(global, of: 2)
        #expect(scheduler.next() == .segment(job: 1, local(1)))
        #expect(scheduler.next() == nil)
        scheduler.finished(local(1), of: 1)
        #expect(scheduler.next() == .segment(job: 1, local(2)))
        #expect(scheduler.next() == .segment(job: 2, local(0)))
    }

    @Test("A suspect of a job that is cancelled or failed stands in nobody's way")
    func solitaryGone() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1, solitary: [global])
        try submit(&scheduler, 2)
        #expect(scheduler.next() == .segment(job: 1, global))
        #expect(scheduler.next() == nil)
        scheduler.remove(1)
        #expect(scheduler.next() == .segment(job: 2, global))
        try submit(&scheduler, 3, priority: 1, solitary: [global])
        #expect(scheduler.next() == nil)
        scheduler.fail(3, .unexpected(reason: "gone"))
        scheduler.finished(global, of: 2)
        #expect(scheduler.next() == .segment(job: 2, local(0)))
    }

    @Test("A cancelled job's segments are free for others at once")
    func removed() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1, family: 9)
        try submit(&scheduler, 2, family: 9)
        _ = scheduler.next()
        let (first, second) = (scheduler.remove(1), scheduler.remove(1))
        #expect(first && !second)
        #expect(!scheduler.isWanted(1))
        #expect(scheduler.next() == .segment(job: 2, global))
        scheduler.finished(global, of: 1)
        #expect(scheduler.next() == nil)
    }
}
