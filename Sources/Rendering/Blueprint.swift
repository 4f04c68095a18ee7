import Diffusion
import Encoding
import Models
import Plans
import Scripts
import Video

/// A job with everything derived from it and the model: what each segment is made from, and under which name it is
/// kept.
struct Blueprint: Sendable {
    let job: RenderJob
    /// The film and its chunks, in order.
    let film: FilmTask
    private let network: NetworkIdentity
    private let configuration: ModelConfiguration
    private let encoder: EncoderIdentity
    private let latents: [SegmentID: Fingerprint]
    private let keyframes: Keyframing

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
        let encoder = try EncoderIdentity(configuration: configuration, fps: job.storyboard.fps, encoding: encoding)
        let keyframes = try Keyframing(job: job, network: network, configuration: configuration)
        // Parents are one depth above, so their fingerprints are there when a segment asks for them.
        var latents: [SegmentID: Fingerprint] = [:]
        for id in plan.segmentIDs {
            latents[id] = try Fingerprint(
                of: Self.identity(
                    of: plan.segment(id), job: job, network: network, configuration: configuration,
                    latents: latents, keyframes: keyframes))
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
        self.configuration = configuration
        self.encoder = encoder
        self.latents = latents
        self.keyframes = keyframes
    }

    /// The checkpoints of the keyframes, also of earlier takes.
    var takes: [Fingerprint] { keyframes.takes }

    func latents(of segment: SegmentID) -> Fingerprint { latents[segment]! }

    /// The same of a job whose other segments are not looked at.
    static func fingerprint(
        of segment: SegmentID, job: RenderJob, configuration: ModelConfiguration, network: NetworkIdentity
    ) throws -> Fingerprint {
        var latents: [SegmentID: Fingerprint] = [:]
        if let parent = job.plan.parent(of: segment) {
            latents[parent] = try fingerprint(of: parent, job: job, configuration: configuration, network: network)
        }
        return try Fingerprint(
            of: identity(
                of: job.plan.segment(segment), job: job, network: network, configuration: configuration,
                latents: latents,
                keyframes: Keyframing(job: job, network: network, configuration: configuration)))
    }

    /// The chunk of one segment of the finest depth.
    static func chunk(
        of segment: SegmentID, job: RenderJob, configuration: ModelConfiguration, network: NetworkIdentity,
        encoder: EncoderIdentity
    ) throws -> ChunkIdentity {
        chunk(
            of: job.plan.segment(segment), encoder: encoder,
            latents: try fingerprint(of: segment, job: job, configuration: configuration, network: network))
    }

    /// What there is to do for a segment; made when it is asked for, since a film has thousands.
    func task(for id: SegmentID) -> SegmentTask {
        let segment = job.plan.segment(id)
        return SegmentTask(
            latents: Self.identity(
                of: segment, job: job, network: network, configuration: configuration, latents: latents,
                keyframes: keyframes),
            chunk: id.depth == job.plan.finestDepth
                ? Self.chunk(of: segment, encoder: encoder, latents: latents(of: id)) : nil)
    }

    /// A segment with all that hangs on it.
    func branch(from id: SegmentID) -> Branch {
        Branch(task: task(for: id)) { job.plan.children(of: id).map(branch(from:)) }
    }

    private static func identity(
        of segment: Segment, job: RenderJob, network: NetworkIdentity, configuration: ModelConfiguration,
        latents: [SegmentID: Fingerprint], keyframes: Keyframing
    ) -> LatentsIdentity {
        if segment.id == .global { return keyframes.last }
        return LatentsIdentity(
            network: network,
            sampling: SamplingIdentity(configuration, depth: segment.id.depth, stride: segment.stride),
            request: SegmentRequest(
                seed: job.seed, depth: segment.id.depth, stride: segment.stride, frames: segment.frames,
                prompts: segment.frames.map(job.storyboard.prompt(at:))),
            parents: segment.parents.frames.map { parent in
                .init(
                    latents: parent.segment == .global ? keyframes.origins[parent.index] : latents[parent.segment]!,
                    frame: parent.index)
            })
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
