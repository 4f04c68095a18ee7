/// All that a segment's latents depend on, besides network, sampler, and the latents that are given: its parents', and of a further
/// take the keyframes that stay.
package struct SegmentRequest: Sendable, Equatable, Codable {
    package let seed: UInt64
    package let depth: Int
    /// The distance between neighbouring frames, in film frames.
    package let stride: Int
    /// The film frames of the segment, at most L. They key the noise, and may lie beyond the film's last.
    package let frames: [Int]
    /// One prompt per frame.
    package let prompts: [String]

    package init(seed: UInt64, depth: Int, stride: Int, frames: [Int], prompts: [String]) {
        self.seed = seed
        self.depth = depth
        self.stride = stride
        self.frames = frames
        self.prompts = prompts
    }
}

/// Why a segment cannot be sampled or decoded.
package enum SegmentError: Error, Equatable, Sendable, Codable, CustomStringConvertible {
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
