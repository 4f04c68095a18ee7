import Plans
import Testing

@testable import Rendering

@Suite struct SchedulerTests {
    private let global = SegmentID.global

    /// 10 frames of 4: one segment at depth 0, three at depth 1. Jobs of one `family` need the same segments.
    private func submit(
        _ scheduler: inout Scheduler, _ job: Int64, owner: Int64 = 0, priority: Int = 0, family: Int64? = nil,
        suspects: Set<SegmentID> = []
    ) throws {
        let plan = try RenderPlan(frames: 10, segmentFrames: 4)
        let names = try Dictionary(
            uniqueKeysWithValues: plan.segmentIDs.map { ($0, try Fingerprint(of: "\(family ?? job) \($0)")) })
        scheduler.submit(
            job: job, plan: plan, owner: owner, priority: priority, suspects: Suspects(segments: suspects),
            costs: Array(repeating: 1, count: plan.depths)
        ) { names[$0]! }
    }

    private func local(_ index: Int) -> SegmentID { SegmentID(depth: 1, index: index) }

    @Test("Depths come in order, segments from left to right, and the film when all are done")
    func order() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        #expect(scheduler.next() == .segment(global, job: 1))
        #expect(scheduler.next() == nil)
        _ = scheduler.finished(global, of: 1)
        for index in 0..<3 { #expect(scheduler.next() == .segment(local(index), job: 1)) }
        #expect(scheduler.next() == nil)
        for index in [2, 0] { _ = scheduler.finished(local(index), of: 1) }
        #expect(scheduler.next() == nil)
        _ = scheduler.finished(local(1), of: 1)
        #expect(scheduler.next() == .film(job: 1))
        #expect(scheduler.next() == nil)
    }

    @Test("Jobs are served by priority, then by submission; one that must wait lets the next pass")
    func jobs() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        try submit(&scheduler, 2)
        try submit(&scheduler, 3, priority: 1)
        #expect(scheduler.next() == .segment(global, job: 3))
        #expect(scheduler.next() == .segment(global, job: 1))
        #expect(scheduler.next() == .segment(global, job: 2))
        #expect(scheduler.next() == nil)
        _ = scheduler.finished(global, of: 2)
        _ = scheduler.finished(global, of: 3)
        #expect(scheduler.next() == .segment(local(0), job: 3))
    }

    @Test("Owners get the same, however many jobs they have and of whatever priority")
    func owners() throws {
        var scheduler = Scheduler()
        for job in 1...20 { try submit(&scheduler, Int64(job), owner: 1, priority: 9) }
        try submit(&scheduler, 21, owner: 2)
        var given: [Int64: Int] = [:]
        for _ in 1...8 { try given[makeNext(&scheduler) == 21 ? 2 : 1, default: 0] += 1 }
        // The one job of the second has but four segments.
        #expect(given == [1: 4, 2: 4])
    }

    @Test("Who comes later has no claim on what others got before")
    func lateOwner() throws {
        var scheduler = Scheduler()
        for job in 1...3 { try submit(&scheduler, Int64(job), owner: 1) }
        for _ in 1...3 { _ = try makeNext(&scheduler) }
        try submit(&scheduler, 4, owner: 2)
        let jobs = try (1...6).map { _ in try makeNext(&scheduler) }
        #expect(jobs.map { $0 == 4 } == [false, true, false, true, false, true])
    }

    /// Has the next segment made, and returns whose it was.
    private func makeNext(_ scheduler: inout Scheduler) throws -> Int64 {
        let next = scheduler.next(.with(films: false))
        let piece = try #require(next)
        if case .segment(let segment, let job) = piece { _ = scheduler.finished(segment, of: job) }
        return piece.job
    }

    @Test("A job of another priority takes its new place among its owner's")
    func prioritise() throws {
        var scheduler = Scheduler()
        for job in 1...3 { try submit(&scheduler, Int64(job)) }
        scheduler.prioritise(3, 5)
        #expect(scheduler.next() == .segment(global, job: 3))
        scheduler.prioritise(1, -5)
        #expect(scheduler.next() == .segment(global, job: 2))
    }

    @Test("What a worker makes for one job, another job waits for")
    func same() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1, family: 9)
        try submit(&scheduler, 2, family: 9)
        #expect(scheduler.next() == .segment(global, job: 1))
        #expect(scheduler.next() == nil)
        _ = scheduler.finished(global, of: 1)
        #expect(scheduler.next() == .segment(local(0), job: 1))
        #expect(scheduler.next() == .segment(local(1), job: 1))
        #expect(scheduler.next() == .segment(local(2), job: 1))
        #expect(scheduler.next() == .segment(global, job: 2))
    }

    @Test("An abandoned segment is handed out again")
    func abandoned() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        #expect(scheduler.next() == .segment(global, job: 1))
        _ = scheduler.givenBack(global, of: 1)
        #expect(scheduler.next() == .segment(global, job: 1))
    }

    @Test("A lost segment comes again before those that need it")
    func lost() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        _ = scheduler.next()
        _ = scheduler.finished(global, of: 1)
        #expect(scheduler.next() == .segment(local(0), job: 1))
        _ = scheduler.givenBack(local(0), of: 1)
        #expect(scheduler.lost(global, of: 1) == 1)
        #expect(scheduler.next() == .segment(global, job: 1))
        #expect(scheduler.next() == nil)
        _ = scheduler.finished(global, of: 1)
        #expect(scheduler.next() == .segment(local(0), job: 1))
        #expect(scheduler.lost(global, of: 1) == 2)
    }

    @Test("A segment found lost by several at once is lost once")
    func lostOnce() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        _ = scheduler.next()
        _ = scheduler.finished(global, of: 1)
        let found = (0..<3).map { _ in scheduler.lost(global, of: 1) }
        #expect(found == [1, nil, nil])
    }

    @Test("A lost chunk takes the film back")
    func lostChunk() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        for segment in [global, local(0), local(1), local(2)] {
            #expect(scheduler.next() == .segment(segment, job: 1))
            _ = scheduler.finished(segment, of: 1)
        }
        #expect(scheduler.next() == .film(job: 1))
        _ = scheduler.lost(local(1), of: 1)
        scheduler.filmGivenBack(1)
        #expect(scheduler.next() == .segment(local(1), job: 1))
        _ = scheduler.finished(local(1), of: 1)
        #expect(scheduler.next() == .film(job: 1))
    }

    @Test("Nothing of a failed job is handed out, and it ends when its last worker has left")
    func failed() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1)
        _ = scheduler.next()
        _ = scheduler.finished(global, of: 1)
        _ = scheduler.next()
        _ = scheduler.next()
        _ = scheduler.givenBack(local(0), of: 1)
        #expect(scheduler.fail(1, .unexpected(reason: "first")) == nil)
        #expect(scheduler.fail(1, .unexpected(reason: "second")) == nil)
        #expect(!scheduler.isWanted(1))
        #expect(scheduler.next() == nil)
        #expect(scheduler.givenBack(local(1), of: 1) == .unexpected(reason: "first"))
        #expect(scheduler.isDone(global, of: 1) == nil)
    }

    @Test("A suspect is made with nothing else at work, and nothing overtakes it")
    func solitary() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1, suspects: [local(1)])
        try submit(&scheduler, 2)
        #expect(scheduler.next() == .segment(global, job: 1))
        #expect(scheduler.next() == .segment(global, job: 2))
        _ = scheduler.finished(global, of: 1)
        #expect(scheduler.next() == .segment(local(0), job: 1))
        #expect(scheduler.next() == nil)
        _ = scheduler.finished(local(0), of: 1)
        #expect(scheduler.next() == nil)
        _ = scheduler.finished(global, of: 2)
        #expect(scheduler.next() == .segment(local(1), job: 1))
        #expect(scheduler.next() == nil)
        _ = scheduler.finished(local(1), of: 1)
        #expect(scheduler.next() == .segment(local(2), job: 1))
        #expect(scheduler.next() == .segment(local(0), job: 2))
    }

    @Test("A film that is suspected is put together with nothing else at work")
    func suspectFilm() throws {
        var scheduler = Scheduler()
        let plan = try RenderPlan(frames: 4, segmentFrames: 4)
        for job in [Int64(1), 2] {
            let name = try Fingerprint(of: job)
            scheduler.submit(
                job: job, plan: plan, owner: 0, priority: 0, suspects: Suspects(film: job == 1), costs: [1]
            ) { _ in name }
        }
        #expect(scheduler.next() == .segment(global, job: 1))
        #expect(scheduler.next() == .segment(global, job: 2))
        _ = scheduler.finished(global, of: 1)
        #expect(scheduler.next() == nil)
        _ = scheduler.finished(global, of: 2)
        #expect(scheduler.next(.with(strays: true)) == nil)
        #expect(scheduler.next() == .film(job: 1))
        #expect(scheduler.next() == nil)
        scheduler.remove(1)
        #expect(scheduler.next() == .film(job: 2))
    }

    @Test("With no room for segments a film still begins, and with none for films a segment does")
    func room() throws {
        var scheduler = Scheduler()
        let plan = try RenderPlan(frames: 4, segmentFrames: 4)
        for job in [Int64(1), 2] {
            let name = try Fingerprint(of: job)
            scheduler.submit(
                job: job, plan: plan, owner: 0, priority: 0, suspects: Suspects(), costs: [1]
            ) { _ in name }
        }
        #expect(scheduler.next() == .segment(global, job: 1))
        _ = scheduler.finished(global, of: 1)
        #expect(scheduler.next(.with(films: false)) == .segment(global, job: 2))
        _ = scheduler.finished(global, of: 2)
        #expect(scheduler.next(.with(segments: false)) == .film(job: 1))
    }

    @Test("A suspect of a job that is cancelled or failed stands in nobody's way")
    func solitaryGone() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1, suspects: [global])
        try submit(&scheduler, 2)
        #expect(scheduler.next() == .segment(global, job: 1))
        #expect(scheduler.next() == nil)
        scheduler.remove(1)
        #expect(scheduler.next() == .segment(global, job: 2))
        try submit(&scheduler, 3, priority: 1, suspects: [global])
        #expect(scheduler.next() == nil)
        _ = scheduler.fail(3, .unexpected(reason: "gone"))
        _ = scheduler.finished(global, of: 2)
        #expect(scheduler.next() == .segment(local(0), job: 2))
    }

    @Test("A cancelled job's segments are free for others at once")
    func removed() throws {
        var scheduler = Scheduler()
        try submit(&scheduler, 1, family: 9)
        try submit(&scheduler, 2, family: 9)
        _ = scheduler.next()
        scheduler.remove(1)
        #expect(scheduler.isDone(global, of: 1) == nil)
        scheduler.remove(1)
        #expect(!scheduler.isWanted(1))
        #expect(scheduler.next() == .segment(global, job: 2))
        _ = scheduler.finished(global, of: 1)
        #expect(scheduler.next() == nil)
    }
}

extension Scheduler.Room {
    /// Room for everything, but for what is said.
    fileprivate static func with(segments: Bool = true, films: Bool = true, strays: Bool = false) -> Self {
        Self(forSegments: segments, forFilms: films, hasStrays: strays)
    }
}

extension Scheduler {
    /// The next piece of work, where there is room for everything.
    fileprivate mutating func next() -> Piece? { next(.with()) }
}
