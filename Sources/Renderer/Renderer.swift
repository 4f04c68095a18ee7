package import Diffusion
package import Foundation
import Models
package import RenderPlan

/// Renders jobs with a fixed pool of worker threads, through files that outlive the process.
///
/// Each segment is kept under the fingerprint of all that it depends on, so a job submitted again, after a kill, a
/// power cut or an edit of its script, makes only what is not there, and the film has the same bytes whatever
/// happened in between and however many workers there are.
package final class Renderer: Sendable {
    private let model: Model
    private let network: NetworkIdentity
    private let encoding: FilmEncoding
    private let version: String
    private let workers: Int
    private let state: RenderState
    private let executor: any SegmentExecutor

    /// Starts the workers.
    ///
    /// - Parameters:
    ///   - workers: threads, each of which computes on one core
    ///   - workspace: a directory for `checkpoints/` and `chunks/`
    ///   - version: nuwa's, for the films' provenance
    /// - Throws: `RenderFailure` if the workspace cannot be made
    package init(
        model: Model, workers: Int, workspace: URL, encoding: FilmEncoding = FilmEncoding(), version: String,
        observer: any RenderObserver
    ) throws {
        let workspace = try Workspace(workspace)
        self.model = model
        self.encoding = encoding
        self.version = version
        self.workers = max(1, workers)
        network = NetworkIdentity(model: model)
        let state = RenderState(observer: observer)
        self.state = state
        let segments = SegmentMaker(model: model, workspace: workspace)
        let films = FilmMaker(workspace: workspace)
        executor = WorkerPool(workers: self.workers) { assignment in
            do {
                switch assignment {
                case .segment(let job, let work, let format):
                    return try segments.make(
                        work, format: format, isWanted: { state.isWanted(job) },
                        report: { state.heard($0, of: work.segment, job: job) })
                case .film(let job, let work):
                    return try films.make(work) { state.heard($0, of: nil, job: job) }
                }
            } catch let failure as RenderFailure {
                return .failed(failure)
            } catch {
                return .failed(.unexpected(reason: "\(error)"))
            }
        }
        executor.start(state)
    }

    deinit { state.stop() }

    /// Takes a job on. What of it is in the workspace already is found when its turn comes.
    ///
    /// - Throws: `RenderFailure.unfit` if it does not belong to this model, or is here already
    package func submit(_ job: RenderJob) throws {
        let blueprint = try Blueprint(
            job: job, configuration: model.configuration, network: network, encoding: encoding, version: version)
        let meter = Meter(plan: job.plan, sampling: model.configuration.sampling, workers: workers)
        try state.submit(blueprint, meter: meter)
    }

    /// Gives a job up: workers leave it after the step they are in. Its checkpoints stay.
    ///
    /// - Returns: whether it had not ended yet; then neither `jobFinished` nor `jobFailed` will be heard of it
    @discardableResult
    package func cancel(_ job: Int64) -> Bool { state.cancel(job) }

    /// Workers leave the job after the step they are in; the steps of a segment in flight are done again after
    /// `resume`.
    package func pause(_ job: Int64) { state.setPaused(true, job) }

    package func resume(_ job: Int64) { state.setPaused(false, job) }

    /// How far a job is, or nil when it is not here (any more).
    package func progress(_ job: Int64) -> RenderProgress? { state.progress(job) }

    /// Returns when every worker has finished the step it was in. Jobs stay unfinished; submitted to another renderer
    /// with this workspace, they go on where they were. Must not be called by an observer, which is on a worker's
    /// thread.
    package func stop() {
        state.stop()
        executor.wait()
    }
}
