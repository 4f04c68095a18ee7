import Foundation
import RenderPlan
import Video

/// What all workers share: the scheduler, the jobs and what was measured, behind one lock. Observers are called
/// outside it.
///
/// `@unchecked`: everything mutable is touched only while `condition` is held.
final class RenderState: WorkQueue, @unchecked Sendable {
    /// How often a file may turn out damaged after it was written well before the job fails, rather than being made
    /// for ever.
    private static let tolerableLosses = 3

    private struct Task {
        let blueprint: Blueprint
        var meter: Meter
        /// No worker has had anything of it yet.
        var isFresh = true
    }

    private let observer: any RenderObserver
    private let condition = NSCondition()
    private var scheduler = Scheduler()
    private var tasks: [Int64: Task] = [:]
    private var isStopping = false

    init(observer: any RenderObserver) { self.observer = observer }

    func submit(_ blueprint: Blueprint, meter: Meter) throws {
        try condition.withLock {
            let job = blueprint.job
            guard !isStopping else { throw RenderFailure.unfit(job: job.id, reason: "the renderer has been stopped") }
            guard tasks[job.id] == nil else {
                throw RenderFailure.unfit(job: job.id, reason: "it is being rendered already")
            }
            tasks[job.id] = Task(blueprint: blueprint, meter: meter)
            scheduler.submit(
                job: job.id, plan: job.plan, priority: job.priority, solitary: job.suspects,
                fingerprint: blueprint.latents(of:))
            condition.broadcast()
        }
    }

    func cancel(_ job: Int64) -> Bool {
        condition.withLock {
            tasks[job] = nil
            return scheduler.remove(job)
        }
    }

    func setPaused(_ paused: Bool, _ job: Int64) {
        condition.withLock {
            scheduler.setPaused(paused, job)
            condition.broadcast()
        }
    }

    func stop() {
        condition.withLock {
            isStopping = true
            condition.broadcast()
        }
    }

    func isWanted(_ job: Int64) -> Bool {
        condition.withLock { !isStopping && scheduler.isWanted(job) }
    }

    func progress(_ job: Int64) -> RenderProgress? {
        condition.withLock {
            tasks[job]?.meter.progress { scheduler.doneCount(of: job, depth: $0) }
        }
    }

    // MARK: - Work

    func take() -> Assignment? {
        var startedJob: Int64?
        let taken = condition.withLock { () -> Assignment? in
            while !isStopping {
                if let choice = scheduler.next() {
                    // Only the global segment can be ready first, so no other worker has anything of this job yet.
                    if tasks[choice.job]!.isFresh { startedJob = choice.job }
                    tasks[choice.job]!.isFresh = false
                    return assignment(for: choice)
                }
                condition.wait()
            }
            return nil
        }
        if let startedJob { observer.jobStarted(startedJob) }
        return taken
    }

    private func assignment(for choice: Scheduler.Choice) -> Assignment {
        switch choice {
        case .segment(let job, let segment):
            let blueprint = tasks[job]!.blueprint
            return .segment(job: job, blueprint.work(for: segment), blueprint.format)
        case .film(let job):
            return .film(job: job, tasks[job]!.blueprint.film)
        }
    }

    /// Passes news on to the observer, and learns from them how long things take.
    func heard(_ news: SegmentMaker.News, of segment: SegmentID?, job: Int64) {
        condition.withLock {
            guard let segment else { return }
            tasks[job]?.meter.heard(news, of: segment)
        }
        switch news {
        case .started:
            if let segment { observer.segmentStarted(job: job, segment: segment) }
        case .stepped(let step, let steps, _):
            if let segment { observer.stepped(job: job, segment: segment, step: step, of: steps) }
        case .decoded: break
        case .damaged(let file, let setAside, let reason):
            observer.damaged(job: job, file: file, setAside: setAside, reason: reason)
        }
    }

    func settle(_ assignment: Assignment, _ outcome: Outcome) {
        switch assignment {
        case .segment(let job, let work, _): settle(work.segment, of: job, outcome)
        case .film(let job, _): settleFilm(of: job, outcome)
        }
    }

    private func settle(_ segment: SegmentID, of job: Int64, _ outcome: Outcome) {
        // Before the scheduler knows, so that the observer hears of a segment before anything that follows from it.
        switch outcome {
        case .made(let seconds):
            observer.segmentFinished(job: job, segment: segment, seconds: seconds, reused: false)
        case .reused:
            observer.segmentFinished(job: job, segment: segment, seconds: 0, reused: true)
        case .abandoned(started: true):
            observer.segmentReleased(job: job, segment: segment)
        case .failed(let failure):
            observer.segmentFailed(job: job, segment: segment, failure: failure)
        case .abandoned(started: false), .needs, .film: break
        }
        let lost = announceLost(outcome, of: job)
        let failure = condition.withLock { () -> RenderFailure? in
            tasks[job]?.meter.ended(segment)
            switch outcome {
            case .made, .reused: scheduler.finished(segment, of: job)
            case .abandoned, .film: scheduler.abandoned(segment, of: job)
            case .needs:
                scheduler.abandoned(segment, of: job)
                forget(lost, of: job)
            case .failed(let failure):
                scheduler.abandoned(segment, of: job)
                scheduler.fail(job, failure)
            }
            return conclude(job)
        }
        if let failure { observer.jobFailed(job: job, failure: failure) }
    }

    private func settleFilm(of job: Int64, _ outcome: Outcome) {
        let lost = announceLost(outcome, of: job)
        var film: (URL, FilmFacts)?
        let failure = condition.withLock { () -> RenderFailure? in
            scheduler.filmAbandoned(job)
            switch outcome {
            case .film(let facts):
                // Cancelled meanwhile: nobody is to hear of it.
                if let task = tasks.removeValue(forKey: job) {
                    scheduler.remove(job)
                    film = (task.blueprint.job.output, facts)
                }
            case .needs: forget(lost, of: job)
            case .failed(let failure): scheduler.fail(job, failure)
            case .made, .reused, .abandoned: break
            }
            return conclude(job)
        }
        if let film { observer.jobFinished(job: job, film: film.0, facts: film.1) }
        if let failure { observer.jobFailed(job: job, failure: failure) }
    }

    /// Tells of segments whose files are gone, once, although several that need them may find it at the same time.
    /// They still count as done, so that nobody can start them before the observer knows.
    private func announceLost(_ outcome: Outcome, of job: Int64) -> [SegmentID] {
        guard case .needs(let segments) = outcome else { return [] }
        let lost = condition.withLock { segments.filter { scheduler.suspect($0, of: job) } }
        for segment in lost { observer.segmentLost(job: job, segment: segment) }
        return lost
    }

    /// These segments count as not done. The lock is held.
    private func forget(_ lost: [SegmentID], of job: Int64) {
        for segment in lost where scheduler.lost(segment, of: job) > Self.tolerableLosses {
            scheduler.fail(job, .unkeepable(segment: segment, times: Self.tolerableLosses + 1))
        }
    }

    /// Ends a job that failed, once its last worker has left it, and wakes the workers for what is possible now. The
    /// lock is held.
    private func conclude(_ job: Int64) -> RenderFailure? {
        condition.broadcast()
        guard let failure = scheduler.removeFailed(job) else { return nil }
        tasks[job] = nil
        return failure
    }
}
