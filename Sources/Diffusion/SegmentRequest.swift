/// All that a segment's latents depend on, besides the model.
package struct SegmentRequest: Sendable {
    package let seed: UInt64
    package let depth: Int
    /// The distance between neighbouring frames, in film frames.
    package let stride: Int
    /// The film frames of the segment, at most L.
    package let frames: [Int]
    /// One prompt per frame.
    package let prompts: [String]
    /// The latents [h, w, c] of the parents: of the first and the last frame. Both none = a global segment.
    package let first: [Float]?
    package let last: [Float]?

    package init(
        seed: UInt64, depth: Int, stride: Int, frames: [Int], prompts: [String], first: [Float]? = nil,
        last: [Float]? = nil
    ) {
        self.seed = seed
        self.depth = depth
        self.stride = stride
        self.frames = frames
        self.prompts = prompts
        self.first = first
        self.last = last
    }
}

/// Why a segment cannot be sampled or decoded.
package enum SegmentError: Error, Equatable, CustomStringConvertible {
    /// The request does not fit the model.
    case invalidRequest(String)
    /// The network's result held a value that is no number.
    case notFinite(step: Int)
    /// The decoder's result held a value that is no number.
    case pixelsNotFinite

    package var description: String {
        switch self {
        case .invalidRequest(let reason): "this segment cannot be sampled by this model: \(reason)"
        case .notFinite(let step):
            "the denoiser's result in step \(step + 1) is not finite; the model's weights are unusable in this precision"
        case .pixelsNotFinite:
            "the decoder's result is not finite; the model's weights are unusable in this precision"
        }
    }
}
