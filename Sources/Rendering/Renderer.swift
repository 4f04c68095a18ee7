package import Encoding
package import Foundation
package import Models
package import Plans
import Scripts
import Synchronization
import Video

/// Renders jobs, through files that outlive the process: decides which segment is made when, has an executor make it,
/// and puts the films together.
///
/// Each segment is kept under the fingerprint of all that it depends on, so a job submitted again, after a kill, a
/// power cut or an edit of its script, makes only what is not there, and the film has the same bytes whatever
/// happened in between, however many workers there are and wherever they run.
package final class Renderer: Sendable {
    private let configuration: ModelConfiguration
    private let executor: any SegmentExecutor
    private let encoding: FilmEncoding
    private let version: String
    private let workspace: Workspace
    private let state: RenderState
    /// By frames a second.
    private let encoders = Mutex<[Int: EncoderIdentity]>([:])

    /// - Parameters:
    ///   - configuration: the model's
    ///   - executor: makes the segments, with that model and in that workspace
    ///   - version: nuwa's, for the films' provenance
    package init(
        configuration: ModelConfiguration, executor: any SegmentExecutor, workspace: Workspace,
        encoding: FilmEncoding, version: String, observer: any RenderObserver
    ) {
        self.configuration = configuration
        self.executor = executor
        self.encoding = encoding
        self.version = version
        self.workspace = workspace
        state = RenderState(executor: executor, films: FilmMaker(workspace: workspace), observer: observer)
    }

    deinit { state.stop() }

    /// Takes a job on. What of it is in the workspace already is found when its turn comes.
    ///
    /// - Throws: `RenderFailure.unfit` if it does not belong to this model, or is here already; `.stopped`
    package func submit(_ job: RenderJob) throws {
        let blueprint = try blueprint(of: job)
        let meter = Meter(
            plan: job.plan, configuration: configuration, workers: executor.workers,
            keyframeHands: executor.keyframeHands)
        try state.submit(blueprint, meter: meter)
    }

    /// The checkpoints and chunks that a job is made through, whether they are there or not.
    /// - Throws: `RenderFailure.unfit` if it does not belong to this model
    package func files(of job: RenderJob) throws -> [URL] {
        let blueprint = try blueprint(of: job)
        return (blueprint.takes + job.plan.segmentIDs.map { blueprint.latents(of: $0) }).map(workspace.checkpoint)
            + blueprint.film.pieces.map { workspace.chunk($0.chunk) }
    }

    /// The folders in which the files of all jobs are.
    package var leftoverFolders: [URL] { workspace.folders }

    private func blueprint(of job: RenderJob) throws -> Blueprint {
        try Blueprint(
            job: job, configuration: configuration, network: executor.network, encoding: encoding, version: version)
    }

    /// Gives a job up, and returns at once: workers leave it after the step they are in, its film after the chunk at
    /// hand. Its checkpoints stay, and neither `jobFinished` nor `jobFailed` is heard of it. Does nothing where the job has
    /// ended already, or ends now, because its film is about to appear.
    package func cancel(_ job: Int64) { state.cancel(job) }

    /// Returns when nothing of the job is at work and the observer has heard all of it. Must not be called by an
    /// observer, for which work waits.
    package func waitUntilLeft(_ job: Int64) { state.waitUntilLeft(job) }

    /// Gives a job another priority among those of its owner; what is at work is finished first.
    package func prioritise(_ job: Int64, _ priority: Int) { state.prioritise(job, priority) }

    /// Has a job that was begun stop when its keyframes are there.
    /// - Returns: false where it was not begun, or they are there already
    package func stopAtKeyframes(_ job: Int64, evenUnbegun: Bool = false) -> Bool {
        state.stopAtKeyframes(job, evenUnbegun: evenUnbegun)
    }

    /// Has a job go on past its keyframes.
    package func passKeyframes(_ job: Int64) { state.passKeyframes(job) }

    /// The jobs that are here and have not ended, by number.
    package var jobs: [Int64] { state.present }

    /// Whether the job is here and has not ended.
    package func has(_ job: Int64) -> Bool { state.has(job) }

    /// Whether anything of a job was handed out.
    package func hasBegun(_ job: Int64) -> Bool { state.hasBegun(job) }

    /// How far a job is, or nil when it is not here (any more).
    package func progress(_ job: Int64) -> RenderProgress? { state.progress(job) }

    /// Segments of a job that somebody is at: who, and how much of it is done.
    package func atWork(on job: Int64) -> [(segment: SegmentID, worker: String?, fraction: Double)] {
        state.atWork(on: job)
    }

    /// The H.264 of one segment of the finest depth, if it is there, with the film frame that it begins with and how many it has.
    /// - Throws: `RenderFailure`
    package func chunk(_ segment: SegmentID, of job: RenderJob) throws -> (file: URL, first: Int, frames: Int)? {
        let encoder = try encoder(fps: job.storyboard.fps)
        let chunk = try Blueprint.chunk(
            of: segment, job: job, configuration: configuration, network: executor.network, encoder: encoder)
        let file = workspace.chunk(try Fingerprint(of: chunk))
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return (file, job.plan.segment(segment).emitted.lowerBound, chunk.count)
    }

    /// The sample frame by which it is known is encoded once, since a page asks for every chunk of a film.
    private func encoder(fps: Int) throws -> EncoderIdentity {
        if let known = encoders.withLock({ $0[fps] }) { return known }
        let encoder = try EncoderIdentity(configuration: configuration, fps: fps, encoding: encoding)
        encoders.withLock { $0[fps] = encoder }
        return encoder
    }

    package var activity: Activity { state.activity }

    /// What was done since this renderer was made.
    package var totals: Totals { state.totals }

    /// Takes no more jobs and hands nothing out any more; what is at work is given back after the step it is in.
    package func close() { state.stop() }

    /// Closes, and returns when every worker has finished the step it was in. Jobs stay unfinished; submitted to another renderer
    /// with this workspace, they go on where they were. Must not be called by an observer, for which work waits.
    package func stop() {
        close()
        state.waitUntilIdle()
    }
}
