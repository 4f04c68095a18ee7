import Diffusion
import Digest
import Foundation
import Models
import Pictures
import Tensors
import Video

/// SHA-256 over all that a file depends on, as lowercase hex. Equal fingerprints mean equal bytes, so a file found
/// under its fingerprint is right for any job that asks for it.
struct Fingerprint: Hashable, Sendable, Encodable, CustomStringConvertible {
    let hex: String

    /// Hashes the canonical JSON of `identity`: keys sorted, no white space.
    init(of identity: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        hex = SHA256.hex(of: try encoder.encode(identity))
    }

    var description: String { hex }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}

/// What all segments of a renderer have in common: the network, and the arithmetic that runs it.
struct NetworkIdentity: Encodable, Sendable {
    /// Raised whenever the networks, the samplers or the noise compute other bits from the same inputs.
    static let currentFormat = 1

    let format: Int
    /// The model's hash over its weights and configuration.
    let model: String
    /// The precision really used, not the one asked for.
    let precision: String
    /// The instruction set and the version of oneDNN. Both change the last bits of a sum: a film whose segments came
    /// from two kinds of CPU would be one that neither makes alone, and "the same bytes as an uninterrupted render"
    /// would be a promise with an exception. The price, rendering again after a change of machine, is small and rare.
    let arithmetic: String
}

/// How the segments of one depth are sampled.
struct SamplingIdentity: Encodable {
    let sampler: String
    let steps: Int
    let guidance: Double
    let conditionLevel: Int
    let clip: Double

    init(_ sampling: ModelConfiguration.Sampling, depth: Int) {
        sampler = sampling.sampler.rawValue
        steps = sampling.steps(atDepth: depth)
        guidance = sampling.guidance(atDepth: depth)
        conditionLevel = sampling.conditionLevel
        clip = sampling.clip
    }
}

/// What the latents of a segment depend on.
struct LatentsIdentity: Encodable {
    /// A frame that was made one depth above.
    struct Parent: Encodable {
        let latents: Fingerprint
        /// Which of that segment's frames.
        let frame: Int
    }

    let network: NetworkIdentity
    let sampling: SamplingIdentity
    let seed: UInt64
    let depth: Int
    let stride: Int
    /// Film frames, which key the noise; they may lie beyond the film's last.
    let frames: [Int]
    /// One per frame.
    let prompts: [String]
    /// The first and last frame, or none at depth 0.
    let parents: [Parent]
}

/// What the bytes of a chunk depend on.
struct ChunkIdentity: Encodable {
    let encoder: EncoderIdentity
    let latents: Fingerprint
    /// Which of the segment's frames the chunk holds, from `first` on.
    let first: Int
    let count: Int
}

/// The encoder as it is here and now: its settings, and the hash of one grey frame encoded with them. Another libx264
/// shows in that hash, and does not get mixed with this one in a film; and a missing encoder shows when a job is
/// submitted, not hours later.
struct EncoderIdentity: Encodable {
    /// Raised whenever pixels come out of latents, or go into chunks, in another way.
    static let currentFormat = 1

    let format: Int
    let video: VideoFormat
    let sample: String

    init(format video: VideoFormat) throws {
        do {
            try video.validate()
            let grey = Image(
                width: video.width, height: video.height,
                pixels: Array(repeating: 128, count: video.width * video.height * 3))
            sample = SHA256.hex(of: try Chunk.encode([grey], format: video))
        } catch {
            throw RenderFailure.video(path: "encoder", reason: "\(error)")
        }
        format = Self.currentFormat
        self.video = video
    }
}

extension NetworkIdentity {
    init(model: Model) {
        self.init(
            format: Self.currentFormat, model: model.hash, precision: "\(model.type)",
            arithmetic: Arithmetic.description)
    }
}
