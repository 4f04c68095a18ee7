import Commissions
import Foundation
package import Jobs
package import Models
package import Plans
import Scripts

/// Makes reports of jobs from the database: for the daemon, which adds what its renderer knows, and for `nuwactl` without one.
package struct JobReporter: Sendable {
    private let store: JobStore
    private let source: StatusReport.Source
    private let model: @Sendable (String) -> ModelConfiguration?
    private let mode: @Sendable () -> Mode
    private let hindrance: @Sendable () -> Hindrance?
    private let progress: @Sendable (Int64) -> RenderProgress?
    private let atWork: @Sendable (Int64) -> [SegmentAtWork]

    /// - Parameters:
    ///   - mode: whether nuwad renders
    ///   - model: a model by its name; nil where it is not at hand. Reports of its jobs then have no depths and no warnings.
    ///   - hindrance: what keeps all jobs from being begun, gravest first, if anything does; of the database's reports it is that there
    ///     is no nuwad
    ///   - progress: what a renderer knows of a job that it has
    ///   - atWork: which segments of it workers are at
    package init(
        store: JobStore, source: StatusReport.Source, model: @escaping @Sendable (String) -> ModelConfiguration?,
        mode: @escaping @Sendable () -> Mode, hindrance: @escaping @Sendable () -> Hindrance? = { nil },
        progress: @escaping @Sendable (Int64) -> RenderProgress? = { _ in nil },
        atWork: @escaping @Sendable (Int64) -> [SegmentAtWork] = { _ in [] }
    ) {
        self.store = store
        self.source = source
        self.model = model
        self.mode = mode
        self.hindrance = hindrance
        self.progress = progress
        self.atWork = atWork
    }

    /// What there is to do.
    /// - Parameter limit: of jobs that are told of, those first that are worked on first
    package func status(
        daemon: DaemonReport? = nil, limit: Int, warnings: [String] = []
    ) throws -> StatusReport {
        let overview = try store.overview(limit: limit)
        return StatusReport(
            source: source, daemon: daemon, mode: mode(),
            owners: overview.owners.map {
                OwnerReport(name: UserName.of($0.owner), running: $0.running, queued: $0.queued)
            }, counts: overview.counts,
            jobs: reports(overview.unfinished, turns: overview.unfinished, segments: overview.segments),
            warnings: warnings)
    }

    /// Of up to so many queued jobs the places in the queue are asked for one by one; of more, the whole queue is read.
    private static let few = 100

    /// Jobs by number.
    package func jobs(_ query: JobQuery) throws -> [JobReport] {
        let jobs = try store.jobs(query)
        let queued = jobs.filter { $0.state == .queued }
        // Of a few, only what is before them is looked at, and some more, for jobs may come meanwhile.
        let limit =
            queued.count > Self.few ? Int.max : try (queued.map(store.jobsBefore).max() ?? 0) + Self.few
        let turns = queued.isEmpty ? [] : try store.turns(limit: limit)
        // What is done is known without looking.
        let underWay = jobs.filter { $0.attempts > 0 && $0.state.name != .done }.map(\.id)
        return reports(jobs, turns: turns, segments: try store.segmentCounts(of: underWay))
    }

    /// One job.
    /// - Throws: `JobStoreError.noSuchJob`
    package func job(_ id: Int64) throws -> JobReport {
        try report(find(id))
    }

    /// One job, with its script and what its author should know of it.
    /// - Throws: `JobStoreError.noSuchJob`
    package func wholeJob(_ id: Int64) throws -> JobReport {
        let job = try find(id)
        var report = try self.report(job)
        let script = try store.script(of: id)
        report.script = script
        report.takenOver = job.kept.map { "\($0)" }
        // Told from the text, as at the intake; of a script that is read no more, why not.
        if let model = model(job.model) {
            do throws(ScriptErrors) {
                let commission = try Commission(script, name: job.name, limits: .accepted, model: model)
                report.warnings = commission.warnings.map(Finding.init)
            } catch {
                report.warnings = error.diagnostics.map(Finding.init)
            }
        }
        return report
    }

    /// One job's tree, and what its film shows; nil where its model is not at hand.
    /// - Throws: `JobStoreError.noSuchJob`; `ScriptErrors` where its script is one no more
    package func tree(_ id: Int64) throws -> TreeReport? {
        let job = try find(id)
        let script = try store.script(of: id)
        guard let model = model(job.model) else { return nil }
        let commission = try Commission(script, name: job.name, limits: .accepted, model: model)
        let (plan, storyboard) = (commission.plan, commission.storyboard)
        let states = try store.segmentStates(of: id)
        let work = Dictionary(uniqueKeysWithValues: atWork(id).map { ($0.segment, $0) })
        let depths = (0..<plan.depths).map { depth in
            TreeReport.Depth(
                stride: plan.stride(atDepth: depth),
                segments: plan.segments(atDepth: depth).map { segment in
                    let written = job.state.name == .done ? .done : states[segment.id] ?? .waiting
                    // Who is at work the renderer knows; the database may hear of it later.
                    let work = written == .done ? nil : work[segment.id]
                    return TreeReport.Segment(
                        id: "\(segment.id)", state: work != nil ? .running : written == .running ? .waiting : written,
                        first: segment.frames[0], worker: work?.worker,
                        fraction: work?.fraction)
                })
        }
        return TreeReport(
            frames: plan.frames, fps: job.fps, segmentFrames: plan.segmentFrames, depths: depths,
            shots: storyboard.shots.map { .init(frame: $0.start, prompt: $0.prompt) },
            edition: ([job.seed] + job.takes.map(\.seed)).map { String($0, radix: 36) }.joined(separator: "-")
                + "-" + String(Int64(job.accepted.timeIntervalSince1970 * 1000), radix: 36))
    }

    private func find(_ id: Int64) throws -> Job {
        guard let job = try store.job(id) else { throw JobStoreError.noSuchJob(id) }
        return job
    }

    private func report(_ job: Job) throws -> JobReport {
        report(
            job, owner: UserName.of(job.owner), plan: plan(of: job, for: model(job.model)),
            segments: try store.segmentCounts(of: [job.id])[job.id] ?? [],
            before: job.state == .queued ? try store.jobsBefore(job) : 0)
    }

    private func plan(of job: Job, for model: ModelConfiguration?) -> RenderPlan? {
        model.flatMap { try? RenderPlan(frames: job.frames, segmentFrames: $0.segmentFrameRange) }
    }

    /// - Parameter turns: what runs and is queued, in the order of turns, as far as it may come before one of the jobs
    private func reports(_ jobs: [Job], turns: [Job], segments: [Int64: [SegmentCounts]]) -> [JobReport] {
        let order = turns.filter { $0.state.name == .running } + turns.filter { $0.state == .queued }
        let before = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1.id, $0) })
        let owners = Dictionary(uniqueKeysWithValues: Set(jobs.map(\.owner)).map { ($0, UserName.of($0)) })
        // A model is looked up once, since without a daemon that reads its file.
        let models = Dictionary(uniqueKeysWithValues: Set(jobs.map(\.model)).map { ($0, model($0)) })
        let outlook = outlook(order, segments) { models[$0] ?? nil }
        return jobs.map { job in
            let plan = self.plan(of: job, for: models[job.model] ?? nil)
            var report = report(
                job, owner: owners[job.owner] ?? "", plan: plan, segments: segments[job.id] ?? [],
                before: before[job.id] ?? 0)
            // One that runs shares the workers with those before it.
            report.remainingSeconds = outlook[job.id] ?? report.remainingSeconds
            return report
        }
    }

    /// Seconds until the films of jobs that run or are queued are there: after all that is before them, at the pace of one that
    /// runs. Nothing is told before a step was measured, nor of jobs behind one
    /// whose model is not at hand.
    /// - Parameter order: what runs and is queued, in the order of turns
    private func outlook(
        _ order: [Job], _ segments: [Int64: [SegmentCounts]], model: (String) -> ModelConfiguration?
    ) -> [Int64: Double] {
        let measured = Dictionary(
            uniqueKeysWithValues: order.prefix { $0.state.name == .running }.compactMap { job in
                progress(job.id).map { (job.id, $0) }
            })
        guard mode().name == .rendering, let pace = measured.values.first(where: { $0.secondsPerEvaluation != nil })
        else {
            return [:]
        }
        var (outlook, total) = ([Int64: Double](), 0.0)
        for job in order {
            guard let model = model(job.model), let plan = plan(of: job, for: model) else { break }
            let efforts = model.sampling.efforts(strides: plan.strides)
            var rest = RenderProgress(
                plan: plan, evaluationsPerDepth: model.evaluations(strides: plan.strides), workers: pace.workers,
                keyframeHands: pace.keyframeHands, evaluationsPerKeyframeStep: efforts[0].evaluationsPerStep)
            for counts in segments[job.id] ?? [] where counts.depth < plan.depths {
                rest.depths[counts.depth].done = counts.done
            }
            (rest.secondsPerEvaluation, rest.secondsPerDecode) = (pace.secondsPerEvaluation, pace.secondsPerDecode)
            if job.stopsAtKeyframes { rest.depths.removeLast(plan.depths - 1) }
            total += measured[job.id]?.remainingSeconds ?? rest.remainingSeconds ?? 0
            if !job.stopsAtKeyframes { outlook[job.id] = total }
        }
        return outlook
    }

    private func report(
        _ job: Job, owner: String, plan: RenderPlan?, segments: [SegmentCounts], before: Int
    ) -> JobReport {
        let state = job.state.name
        let kept = plan.map { keptProgress(segments, $0) }
        let measured = state == .running ? progress(job.id) : nil
        // A renderer that has just started must find first what the database knows to be done.
        let fraction = max(kept?.fraction ?? 0, measured?.fraction ?? 0)
        return JobReport(
            id: job.id, name: job.name, owner: owner, state: state,
            reason: job.state.reason ?? reasonOfWaiting(job, before: before), hold: job.state.hold,
            until: job.state.until,
            priority: job.priority, editOf: job.editOf, seed: job.seed, frames: job.frames, fps: job.fps,
            accepted: job.accepted,
            started: job.started, finished: job.finished,
            depths: plan.map {
                depths(
                    $0, segments, atWork(job.id).map(\.segment.depth), [kept, measured].compactMap(\.self),
                    isDone: state == .done)
            }
                ?? [],
            fraction: state == .done ? 1 : fraction, remainingSeconds: measured?.remainingSeconds,
            film: job.state.film)
    }

    /// What is finished for good, by the states of the segments.
    private func keptProgress(_ segments: [SegmentCounts], _ plan: RenderPlan) -> RenderProgress {
        let evaluations = (0..<plan.depths).map { depth in segments.first { $0.depth == depth }?.evaluations ?? 1 }
        var progress = RenderProgress(
            plan: plan, evaluationsPerDepth: evaluations, workers: 1, keyframeHands: 1, evaluationsPerKeyframeStep: 1)
        for counts in segments where counts.depth < plan.depths {
            progress.depths[counts.depth].done = counts.done
        }
        return progress
    }

    private func depths(
        _ plan: RenderPlan, _ counts: [SegmentCounts], _ depthsAtWork: [Int], _ known: [RenderProgress], isDone: Bool
    ) -> [DepthReport] {
        (0..<plan.depths).map { depth in
            let segments = plan.segmentCount(atDepth: depth)
            let counts = counts.first { $0.depth == depth }
            return DepthReport(
                depth: depth, stride: plan.stride(atDepth: depth), segments: segments,
                done: isDone ? segments : counts?.done ?? 0, running: depthsAtWork.count { $0 == depth },
                failed: counts?.failed ?? 0,
                fraction: isDone ? 1 : known.map(\.depths[depth].fraction).max() ?? 0)
        }
    }

    private func reasonOfWaiting(_ job: Job, before: Int) -> String? {
        let reason = reasonInItself(job, before: before)
        guard job.state == .queued, job.stopsAtKeyframes else { return reason }
        return reason.map { $0 + "; stops when its keyframes are there" }
    }

    private func reasonInItself(_ job: Job, before: Int) -> String? {
        switch job.state.name {
        case .queued:
            if let hindrance = source == .database ? .noDaemon : hindrance() {
                hindrance.reasonOfWaiting
            } else {
                switch before {
                case 0: "next"
                case 1: "waits: 1 job is before it"
                default: "waits: \(before) jobs are before it"
                }
            }
        case .held where job.state.hold == .approval:
            "its keyframes wait for approval: `nuwactl show \(job.id) --sheet FILE` draws them, `nuwactl approve \(job.id)` goes on"
        case .held: "held back until released"
        case .running where job.stopsAtKeyframes: "stops when its keyframes are there"
        case .running, .blocked, .done, .failed, .cancelled: nil
        }
    }
}
