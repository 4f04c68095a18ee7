import Foundation
import Plans
import Video

/// The truth about what is rendered: the jobs, what of them is at work, how far it is, and when it was last heard of.
///
/// Whatever happens changes the state under one lock, and leaves in `outbox` what follows from it: observers to be told,
/// work to be begun. That is done outside the lock, one after the other: everybody hears things in the order in which
/// they happened, and work begins after its reason was told.
///
/// `@unchecked`: everything mutable is touched only while `condition` is held.
final class RenderState: @unchecked Sendable {
    /// How often a file may turn out damaged after it was written well before the job fails, rather than being made
    /// for ever.
    private static let tolerableLosses = 3

    private struct Job {
        let blueprint: Blueprint
        var meter: Meter
        var isStarted = false
        var goal: Goal
    }

    /// What a job is to come to before it leaves.
    private enum Goal {
        case keyframes, film
    }

    /// A piece of work that was handed out and has not ended.
    private struct Work {
        enum Standing {
            case wanted
            /// A film that is about to appear: too late to cancel it.
            case landing
            /// Its job was cancelled; what it tells concerns no scheduler any more.
            case stray
        }

        let piece: Scheduler.Piece
        var standing = Standing.wanted
        var lastSign: ContinuousClock.Instant
        /// When somebody began with the segment, and who: until then it waits where it was handed to, in a cluster's queue.
        var begun: (at: ContinuousClock.Instant, worker: String?)?
        /// How many of its steps are done, and how many there are.
        var steps = (done: 0, all: 0)
    }

    private let executor: any SegmentExecutor
    private let films: FilmMaker
    private let observer: any RenderObserver
    private let filmQueue = DispatchQueue(label: "nuwa.films")
    private let clock = ContinuousClock()

    private let condition = NSCondition()
    private var scheduler = Scheduler()
    private var jobs: [Int64: Job] = [:]
    private var atWork: [Int: Work] = [:]
    private var lastTicket = 0
    private var isStopping = false
    private var events = 0
    private var counted = Totals()
    private var outbox: [() -> Void] = []
    /// Held while what is in the outbox is done. Recursive, since an observer may call the renderer.
    private let delivery = NSRecursiveLock()

    init(executor: any SegmentExecutor, films: FilmMaker, observer: any RenderObserver) {
        self.executor = executor
        self.films = films
        self.observer = observer
    }

    // MARK: - Jobs

    func submit(_ blueprint: Blueprint, meter: Meter) throws {
        try change {
            let job = blueprint.job
            guard !isStopping else { throw RenderFailure.stopped }
            guard jobs[job.id] == nil else {
                throw RenderFailure.unfit(job: job.id, reason: "it is being rendered already")
            }
            events += 1
            jobs[job.id] = Job(blueprint: blueprint, meter: meter, goal: job.stopsAtKeyframes ? .keyframes : .film)
            scheduler.submit(
                job: job.id, plan: job.plan, owner: job.owner, priority: job.priority, suspects: job.suspects,
                costs: meter.evaluationsPerSegment, fingerprint: blueprint.latents(of:))
            handOut()
        }
    }

    func cancel(_ job: Int64) {
        change {
            let own = atWork.filter { $0.value.piece.job == job }
            guard !own.contains(where: { $0.value.standing == .landing }) else { return }
            events += 1
            for ticket in own.keys { atWork[ticket]!.standing = .stray }
            jobs[job] = nil
            scheduler.remove(job)
            handOut()
        }
    }

    func prioritise(_ job: Int64, _ priority: Int) {
        change {
            events += 1
            scheduler.prioritise(job, priority)
        }
    }

    /// False where there is nothing to stop: it was not begun, or its keyframes are there.
    /// - Parameter evenUnbegun: stops also one that was not begun
    func stopAtKeyframes(_ job: Int64, evenUnbegun: Bool) -> Bool {
        change {
            guard let state = jobs[job], state.isStarted || evenUnbegun, scheduler.isDone(.global, of: job) == false
            else { return false }
            jobs[job]!.goal = .keyframes
            return true
        }
    }

    func passKeyframes(_ job: Int64) {
        change { jobs[job]?.goal = .film }
    }

    func hasBegun(_ job: Int64) -> Bool { condition.withLock { jobs[job]?.isStarted == true } }

    var present: [Int64] { condition.withLock { jobs.keys.sorted() } }

    func has(_ job: Int64) -> Bool { condition.withLock { jobs[job] != nil } }

    func waitUntilLeft(_ job: Int64) {
        condition.withLock {
            while atWork.values.contains(where: { $0.piece.job == job }) { condition.wait() }
        }
    }

    func stop() {
        condition.withLock { isStopping = true }
    }

    func waitUntilIdle() {
        condition.withLock { while !atWork.isEmpty { condition.wait() } }
    }

    // MARK: - What is known

    func progress(_ job: Int64) -> RenderProgress? {
        condition.withLock {
            jobs[job]?.meter.progress { scheduler.doneCount(of: job, depth: $0) }
        }
    }

    /// Segments of a job that somebody is at: who, and how much of its steps is done.
    func atWork(on job: Int64) -> [(segment: SegmentID, worker: String?, fraction: Double)] {
        condition.withLock {
            atWork.values.compactMap { work in
                guard case .segment(let segment, job) = work.piece, work.standing == .wanted, let begun = work.begun
                else {
                    return nil
                }
                return (segment, begun.worker, Double(work.steps.done) / Double(max(1, work.steps.all)))
            }
        }
    }

    var activity: Activity {
        condition.withLock {
            Activity(
                segments: atWork.values.count { $0.begun != nil },
                silence: atWork.values.map { clock.now - $0.lastSign }.max() ?? .zero, events: events)
        }
    }

    var totals: Totals {
        condition.withLock {
            var totals = counted
            totals.busySeconds += atWork.values.reduce(0) { $0 + busySeconds($1) }
            return totals
        }
    }

    /// How long somebody has been at a segment; films take no worker.
    private func busySeconds(_ work: Work) -> Double { work.begun.map { (clock.now - $0.at) / .seconds(1) } ?? 0 }

    private var segmentsHandedOut: Int {
        atWork.values.count { if case .segment = $0.piece { true } else { false } }
    }

    private func isWanted(_ ticket: Int) -> Bool { standing(ticket) == .wanted }

    private func standing(_ ticket: Int) -> Assignment.Standing {
        condition.withLock {
            guard let work = atWork[ticket], work.standing == .wanted, scheduler.isWanted(work.piece.job) else {
                return .unwanted
            }
            return isStopping ? .stopping : .wanted
        }
    }

    // MARK: - Handing out

    /// Hands out what can be made now. The lock is held.
    private func handOut() {
        while !isStopping {
            let segments = segmentsHandedOut
            // One film at a time: they wait for the same disk.
            let room = Scheduler.Room(
                forSegments: segments < executor.slots, forFilms: segments == atWork.count,
                hasStrays: atWork.values.contains { $0.standing == .stray })
            guard let piece = scheduler.next(room) else { return }
            lastTicket += 1
            let ticket = lastTicket
            atWork[ticket] = Work(piece: piece, lastSign: clock.now)
            let job = piece.job
            let blueprint = jobs[job]!.blueprint
            if !jobs[job]!.isStarted {
                jobs[job]!.isStarted = true
                tell { $0.jobStarted(job) }
            }
            switch piece {
            case .segment(let segment, _):
                let assignment = Assignment(
                    branch: blueprint.branch(from: segment), standing: { self.standing(ticket) },
                    report: { self.heard($0, ticket) }, end: { self.ended($0, ticket) })
                outbox.append { [executor] in executor.begin(assignment) }
            case .film:
                tell { $0.filmStarted(job: job) }
                outbox.append { self.filmQueue.async { self.makeFilm(blueprint.film, ticket) } }
            }
        }
    }

    private func makeFilm(_ task: FilmTask, _ ticket: Int) {
        let outcome = films.make(
            task,
            FilmMaker.Talk(
                isWanted: { self.isWanted(ticket) }, mayLand: { self.mayLand(ticket) }, sign: { self.sign(ticket) },
                damaged: { self.heard($0.news, ticket) }))
        ended(outcome, ticket)
    }

    /// Who cancels from here on comes too late.
    private func mayLand(_ ticket: Int) -> Bool {
        condition.withLock {
            guard atWork[ticket]?.standing == .wanted else { return false }
            atWork[ticket]!.standing = .landing
            return true
        }
    }

    // MARK: - Hearing

    private func sign(_ ticket: Int) {
        condition.withLock { atWork[ticket]?.lastSign = clock.now }
    }

    private func heard(_ news: SegmentNews, _ ticket: Int) {
        sign(ticket)
        change {
            guard let work = atWork[ticket] else { return }
            counted.heard(news)
            let job = work.piece.job
            if case .damaged(let file, let setAside, let reason) = news {
                tell { $0.damaged(job: job, file: file, setAside: setAside, reason: reason) }
            }
            guard case .segment(let segment, _) = work.piece else { return }
            if work.standing == .wanted { jobs[job]?.meter.heard(news, of: segment) }
            switch news {
            case .started(let worker):
                atWork[ticket]!.begun = (clock.now, worker)
                tell { $0.segmentStarted(job: job, segment: segment) }
            case .stepped(let step, let steps, _): atWork[ticket]!.steps = (step, steps)
            case .alive, .decoded, .damaged: break
            }
        }
    }

    private func ended(_ outcome: SegmentOutcome, _ ticket: Int) {
        change {
            guard let work = atWork[ticket], case .segment(let segment, let job) = work.piece else { return }
            counted.ended(outcome)
            switch outcome {
            case .made(let seconds):
                tell { $0.segmentFinished(job: job, segment: segment, seconds: seconds, reused: false) }
            case .reused:
                tell { $0.segmentFinished(job: job, segment: segment, seconds: 0, reused: true) }
            case .givenBack(started: true), .parentLost:
                tell { $0.segmentGivenBack(job: job, segment: segment) }
            case .failed(let failure):
                tell { $0.segmentFailed(job: job, segment: segment, failure: failure) }
            case .givenBack(started: false): break
            }
            guard work.standing != .stray else { return }
            jobs[job]?.meter.ended(segment)
            switch outcome {
            case .made, .reused:
                conclude(job, scheduler.finished(segment, of: job))
                if segment == .global { stopAtKeyframesIfAsked(job) }
            case .givenBack: conclude(job, scheduler.givenBack(segment, of: job))
            case .parentLost:
                conclude(job, scheduler.givenBack(segment, of: job))
                if let parent = jobs[job]?.blueprint.job.plan.parent(of: segment) { lose([parent], of: job) }
            case .failed(let failure):
                conclude(job, scheduler.givenBack(segment, of: job))
                conclude(job, scheduler.fail(job, failure))
            }
        }
        leave(ticket)
    }

    /// Nothing else of the job can be at work. The lock is held.
    private func stopAtKeyframesIfAsked(_ job: Int64) {
        guard jobs[job]?.goal == .keyframes else { return }
        jobs[job] = nil
        scheduler.remove(job)
        tell { $0.keyframesReached(job: job) }
    }

    private func ended(_ outcome: FilmOutcome, _ ticket: Int) {
        change {
            guard let work = atWork[ticket] else { return }
            let job = work.piece.job
            let isWanted = work.standing != .stray
            if isWanted { scheduler.filmGivenBack(job) }
            switch outcome {
            case .made(let film, let facts):
                // A film that landed was wanted.
                jobs[job] = nil
                scheduler.remove(job)
                counted.films += 1
                tell { $0.jobFinished(job: job, film: film, facts: facts) }
            case .givenBack:
                tell { $0.filmGivenBack(job: job) }
            case .chunksLost(let segments):
                tell { $0.filmGivenBack(job: job) }
                if isWanted { lose(segments, of: job) }
            case .failed(let failure):
                if isWanted { conclude(job, scheduler.fail(job, failure)) }
            }
        }
        leave(ticket)
    }

    /// Ends a piece of work once everybody has heard how it ended: who waits for that finds all of it written down.
    private func leave(_ ticket: Int) {
        change {
            if let work = atWork.removeValue(forKey: ticket) { counted.busySeconds += busySeconds(work) }
            handOut()
            condition.broadcast()
        }
    }

    /// The files of these segments are gone, although they counted as done. The lock is held.
    private func lose(_ segments: [SegmentID], of job: Int64) {
        for segment in segments {
            guard let times = scheduler.lost(segment, of: job) else { continue }
            tell { $0.segmentLost(job: job, segment: segment) }
            if times > Self.tolerableLosses {
                conclude(job, scheduler.fail(job, .unkeepable(segment: segment, times: times)))
            }
        }
    }

    /// Ends a job with its failure, if there is one. The lock is held.
    private func conclude(_ job: Int64, _ failure: RenderFailure?) {
        guard let failure else { return }
        jobs[job] = nil
        tell { $0.jobFailed(job: job, failure: failure) }
    }

    // MARK: - Changing and telling

    /// Changes the state, then does what follows from that. Returns when all of it is done.
    private func change<Result>(_ body: () throws -> Result) rethrows -> Result {
        let result = try condition.withLock(body)
        delivery.withLock {
            while let next = condition.withLock({ outbox.isEmpty ? nil : outbox.removeFirst() }) { next() }
        }
        return result
    }

    /// The lock is held.
    private func tell(_ what: @escaping (any RenderObserver) -> Void) {
        events += 1
        outbox.append { [observer] in what(observer) }
    }
}
