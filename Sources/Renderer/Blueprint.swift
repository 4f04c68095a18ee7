import Script
import Diffusion
import Models
import RenderPlan
import Video

/// A job with everything derived from it and the model: what each segment is made from, and under which name it is
/// kept.
struct Blueprint: Sendable {
    let job: RenderJob
    let format: VideoFormat
    /// The film and its chunks, in order.
    let film: FilmWork
    private let latents: [SegmentID: Fingerprint]
    private let chunks: [SegmentID: SegmentWork.ChunkWork]

    /// - Throws: `RenderFailure.unfit` if job and model do not belong together, `.video` if there is no encoder.
    init(
        job: RenderJob, configuration: ModelConfiguration, network: NetworkIdentity, encoding: FilmEncoding,
        version: String
    ) throws {
        let plan = job.plan
        guard plan.segmentFrames == configuration.segmentFrames else {
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
        let format = VideoFormat(
            width: configuration.video.width, height: configuration.video.height, fps: job.storyboard.fps,
            crf: encoding.crf, preset: encoding.preset)
        self.job = job
        self.format = format

        // Parents are one depth above, so their fingerprints are there when a segment asks for them.
        var latents: [SegmentID: Fingerprint] = [:]
        for depth in 0..<plan.depths {
            for segment in plan.segments(atDepth: depth) {
                latents[segment.id] = try Fingerprint(
                    of: LatentsIdentity(
                        network: network,
                        sampling: SamplingIdentity(configuration.sampling, depth: depth),
                        seed: job.seed,
                        depth: depth,
                        stride: segment.stride,
                        frames: segment.frames,
                        prompts: segment.frames.map(job.storyboard.prompt(at:)),
                        parents: segment.parents.frames.map {
                            .init(latents: latents[$0.segment]!, frame: $0.index)
                        }))
            }
        }
        self.latents = latents

        let encoder = try EncoderIdentity(format: format)
        var chunks: [SegmentID: SegmentWork.ChunkWork] = [:]
        var pieces: [FilmWork.Piece] = []
        for segment in plan.segments(atDepth: plan.finestDepth) {
            // At the finest depth the stride is 1, so film frames and positions differ by the segment's start.
            let first = segment.emitted.lowerBound - segment.frames[0]
            let positions = first..<(first + segment.emitted.count)
            let fingerprint = try Fingerprint(
                of: ChunkIdentity(
                    encoder: encoder, latents: latents[segment.id]!, first: first, count: positions.count))
            chunks[segment.id] = .init(fingerprint: fingerprint, frames: positions)
            pieces.append(.init(segment: segment.id, chunk: fingerprint, frames: positions.count))
        }
        self.chunks = chunks
        let provenance = Provenance(job: job, configuration: configuration, network: network, version: version)
        film = FilmWork(pieces: pieces, format: format, comment: try provenance.comment(), output: job.output)
    }

    func latents(of segment: SegmentID) -> Fingerprint { latents[segment]! }

    func work(for id: SegmentID) -> SegmentWork {
        let segment = job.plan.segment(id)
        return SegmentWork(
            segment: id,
            seed: job.seed,
            stride: segment.stride,
            frames: segment.frames,
            prompts: segment.frames.map(job.storyboard.prompt(at:)),
            parents: segment.parents.frames.map {
                .init(segment: $0.segment, latents: latents(of: $0.segment), frame: $0.index)
            },
            latents: latents(of: id),
            chunk: chunks[id])
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
