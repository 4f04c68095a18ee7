import Commissions
package import JobStore
package import Models
package import RenderPlan
import Script

/// Makes reports of jobs from the database: for the daemon, which adds what its renderer knows, and for `nuwactl` without one.
package struct JobReporter: Sendable {
    private let store: JobStore
    private let source: StatusReport.Source
    private let model: @Sendable (String) -> ModelConfiguration?
    private let progress: @Sendable (Int64) -> RenderProgress?

    /// - Parameters:
    ///   - model: a model by its name; nil where it is not at hand. Reports of its jobs then have no depths and no warnings.
    ///   - progress: what a renderer knows of a job that it has
    package init(
        store: JobStore, source: StatusReport.Source, model: @escaping @Sendable (String) -> ModelConfiguration?,
        progress: @escaping @Sendable (Int64) -> RenderProgress? = { _ in nil }
    ) {
        self.store = store
        self.source = source
        self.model = model
        self.progress = progress
    }

    /// All jobs, oldest first.
    package func jobs() throws -> [JobReport] {
        let jobs = try store.jobs()
        return try jobs.map { try report($0, among: jobs) }
    }

    /// One job, with its script and what its author should know of it.
    /// - Throws: `JobStoreError.noSuchJob`
    package func job(_ id: Int64) throws -> JobReport {
        guard let job = try store.job(id) else { throw JobStoreError.noSuchJob(id) }
        var report = try report(job, among: store.jobs(in: [.queued, .running]))
        let script = try store.script(of: id)
        report.script = script
        // Told from the text, as at the intake.
        report.warnings = model(job.model).flatMap {
            try? Commission(script, name: job.name, limits: .none, model: $0).warnings.map(Finding.init)
        }
        return report
    }

    private func report(_ job: Job, among jobs: [Job]) throws -> JobReport {
        let state = job.state.name
        let plan = model(job.model).flatMap { try? RenderPlan(frames: job.frames, segmentFrames: $0.segmentFrames) }
        let rows = plan == nil || state == .done || job.attempts == 0 ? [] : try store.segments(of: job.id)
        let kept = plan.map { keptProgress(rows, $0) }
        let measured = state == .running ? progress(job.id) : nil
        // A renderer that has just started must find first what the database knows to be done.
        let fraction = max(kept?.fraction ?? 0, measured?.fraction ?? 0)
        return JobReport(
            id: job.id, name: job.name, state: state, reason: job.state.reason ?? reasonOfWaiting(job, among: jobs),
            priority: job.priority, seed: job.seed, frames: job.frames, fps: job.fps, accepted: job.created,
            started: job.started, finished: job.finished,
            depths: plan.map { depths($0, rows, [kept, measured].compactMap(\.self), isDone: state == .done) } ?? [],
            fraction: state == .done ? 1 : fraction, remainingSeconds: measured?.remainingSeconds,
            film: job.state.film)
    }

    /// What is finished for good, by the rows of the segments.
    private func keptProgress(_ rows: [SegmentRow], _ plan: RenderPlan) -> RenderProgress {
        let steps = (0..<plan.depths).map { depth in rows.first { $0.key.depth == depth }?.stepsTotal ?? 1 }
        var progress = RenderProgress(plan: plan, stepsPerDepth: steps, workers: 1)
        for row in rows where row.state.name == .done && row.key.depth < plan.depths {
            progress.depths[row.key.depth].done += 1
        }
        return progress
    }

    private func depths(
        _ plan: RenderPlan, _ rows: [SegmentRow], _ known: [RenderProgress], isDone: Bool
    ) -> [DepthReport] {
        (0..<plan.depths).map { depth in
            let segments = plan.segmentCount(atDepth: depth)
            func count(_ state: SegmentState.Name) -> Int {
                rows.count { $0.key.depth == depth && $0.state.name == state }
            }
            return DepthReport(
                depth: depth, stride: plan.stride(atDepth: depth), segments: segments,
                done: isDone ? segments : count(.done), running: count(.running), failed: count(.failed),
                fraction: isDone ? 1 : known.map(\.depths[depth].fraction).max() ?? 0)
        }
    }

    private func reasonOfWaiting(_ job: Job, among jobs: [Job]) -> String? {
        switch job.state.name {
        case .queued where source == .database: return "waits for nuwad to run"
        case .queued:
            let before = jobs.count { other in
                other.state.name == .running
                    || (other.state.name == .queued && (-other.priority, other.id) < (-job.priority, job.id))
            }
            switch before {
            case 0: return "next"
            case 1: return "waits: 1 job is before it"
            default: return "waits: \(before) jobs are before it"
            }
        case .held: return "held back until released"
        case .running, .paused, .done, .failed, .cancelled: return nil
        }
    }
}
