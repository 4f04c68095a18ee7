import Diffusion
import RenderPlan

/// All that is needed to make one segment's files: values only, so that another process on another machine could make
/// them from the same workspace.
struct SegmentWork: Sendable {
    /// A parent frame: where its latent lies.
    struct Parent: Sendable {
        let segment: SegmentID
        let latents: Fingerprint
        let frame: Int
    }

    /// The pixels that a segment of the finest depth puts into the film.
    struct ChunkWork: Sendable {
        let fingerprint: Fingerprint
        /// Positions within the segment.
        let frames: Range<Int>
    }

    let segment: SegmentID
    let seed: UInt64
    let stride: Int
    let frames: [Int]
    let prompts: [String]
    /// First and last, or none at depth 0.
    let parents: [Parent]
    let latents: Fingerprint
    let chunk: ChunkWork?
}
