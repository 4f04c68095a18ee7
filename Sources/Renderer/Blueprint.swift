import Diffusion
import Encoding
import Models
import RenderPlan
import Scripts
import Video

/// A job with everything derived from it and the model: what each segment is made from, and under which name it is
/// kept.
struct Blueprint: Sendable {
    let job: RenderJob
    /// The film and its chunks, in order.
    let film: FilmTask
    private let network: NetworkIdentity
    private let sampling: ModelConfiguration.Sampling
    private let encoder: EncoderIdentity
    private let latents: [SegmentID: Fingerprint]

    /// - Throws: `RenderFailure.unfit` if job and model do not belong together, `.video` if there is no encoder.
    init(
        job: RenderJob, configuration: ModelConfiguration, network: NetworkIdentity, encoding: FilmEncoding,
        version: String
    ) throws {
        let plan = job.plan
        guard configuration.segmentFrameRange.contains(plan.segmentFrames) else {
            throw RenderFailure.unfit(
                job: job.id,
                reason: "its plan has \(plan.segmentFrames) frames per segment, "
                    + "but the model \(configuration.name) makes \(configuration.segmentFrames)")
        }
        guard plan.frames == job.storyboard.frames else {
            throw RenderFailure.unfit(
                job: job.id,
                reason: "its plan has \(plan.frames) frames, but its storyboard \(job.storyboard.frames)")
        }
        let encoder: EncoderIdentity
        do {
            encoder = try EncoderIdentity(
                configuration: configuration, fps: job.storyboard.fps, encoding: encoding)
        } catch let cause as VideoError {
            throw RenderFailure.video(path: "encoder", cause: cause)
        }

        // Parents are one depth above, so their fingerprints are there when a segment asks for them.
        var latents: [SegmentID: Fingerprint] = [:]
        for id in plan.segmentIDs {
            latents[id] = try Fingerprint(
                of: Self.identity(
                    of: plan.segment(id), job: job, network: network, sampling: configuration.sampling,
                    latents: latents))
        }
        let pieces = try plan.segments(atDepth: plan.finestDepth).map { segment in
            let chunk = Self.chunk(of: segment, encoder: encoder, latents: latents[segment.id]!)
            return FilmTask.Piece(segment: segment.id, chunk: try Fingerprint(of: chunk), frames: chunk.count)
        }
        let provenance = Provenance(
            job: job, configuration: configuration, network: network, encoder: encoder, version: version)
        film = FilmTask(
            pieces: pieces, format: encoder.video, comment: try job.comment ?? provenance.comment(), output: job.output,
            replaces: job.replaces,
            sheet: job.sheet)
        self.job = job
        self.network = network
        sampling = configuration.sampling
        self.encoder = encoder
        self.latents = latents
    }

    func latents(of segment: SegmentID) -> Fingerprint { latents[segment]! }

    /// What there is to do for a segment; made when it is asked for, since a film has thousands.
    func task(for id: SegmentID) -> SegmentTask {
        let segment = job.plan.segment(id)
        return SegmentTask(
            latents: Self.identity(of: segment, job: job, network: network, sampling: sampling, latents: latents),
            chunk: id.depth == job.plan.finestDepth
                ? Self.chunk(of: segment, encoder: encoder, latents: latents(of: id)) : nil)
    }

    /// A segment with all that hangs on it.
    func branch(from id: SegmentID) -> Branch {
        Branch(task: task(for: id)) { job.plan.children(of: id).map(branch(from:)) }
    }

    private static func identity(
        of segment: Segment, job: RenderJob, network: NetworkIdentity, sampling: ModelConfiguration.Sampling,
        latents: [SegmentID: Fingerprint]
    ) -> LatentsIdentity {
        LatentsIdentity(
            network: network, sampling: SamplingIdentity(sampling, depth: segment.id.depth, stride: segment.stride),
            request: SegmentRequest(
                seed: job.seed, depth: segment.id.depth, stride: segment.stride, frames: segment.frames,
                prompts: segment.frames.map(job.storyboard.prompt(at:))),
            parents: segment.parents.frames.map { .init(latents: latents[$0.segment]!, frame: $0.index) })
    }

    /// At the finest depth the stride is 1, so film frames and positions differ by the segment's start.
    private static func chunk(
        of segment: Segment, encoder: EncoderIdentity, latents: Fingerprint
    ) -> ChunkIdentity {
        ChunkIdentity(
            encoder: encoder, latents: latents, first: segment.emitted.lowerBound - segment.frames[0],
            count: segment.emitted.count)
    }
}

extension Parents {
    /// First and last, or none.
    fileprivate var frames: [ParentFrame] {
        switch self {
        case .none: []
        case .pair(let first, let last): [first, last]
        }
    }
}
