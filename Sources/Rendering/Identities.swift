package import Diffusion
import Digest
import Encoding
package import Files
import Models
import Pictures
import Tensors
import Video

// What stands behind the bytes of a segment's files beside the script: the network, the sampler, the encoder.

/// The network, and the arithmetic that runs it: the same for all segments that an executor makes.
package struct NetworkIdentity: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Raised whenever the networks, the samplers or the noise compute other bits from the same inputs.
    static let currentFormat = 1

    let format: Int
    /// The model's hash over its weights and configuration.
    let model: String
    /// The precision really used, `f32` or `bf16`, not the one asked for.
    package let precision: String
    /// The instruction set and the version of oneDNN. Both change the last bits of a sum: a film whose segments came
    /// from two kinds of CPU would be one that neither makes alone, and "the same bytes as an uninterrupted render"
    /// would be a promise with an exception. The price, rendering again after a change of machine, is small and rare.
    let arithmetic: String

    init(format: Int, model: String, precision: String, arithmetic: String) {
        self.format = format
        self.model = model
        self.precision = precision
        self.arithmetic = arithmetic
    }

    /// The model, computed by this process.
    /// - Throws: `SystemError` where the processor is not told
    package init(model: Model) throws(SystemError) {
        self.init(
            format: Self.currentFormat, model: model.hash, precision: model.type.rawValue,
            arithmetic: try Arithmetic.description())
    }

    package var description: String { "the model \(model.prefix(12))… in \(precision) by \(arithmetic)" }
}

/// How the segments of one depth and stride are sampled.
struct SamplingIdentity: Sendable, Equatable, Codable, CustomStringConvertible {
    let sampler: String
    let steps: Int
    let guidance: Double
    /// nil where it is the same, so that what was hashed before there was such a thing still matches.
    let orphanGuidance: Double?
    let conditionLevel: Int
    let clip: Double
    /// How often keyframes are drawn at the most; nil where nobody judges them, and between them.
    let draws: Int?

    init(_ configuration: ModelConfiguration, depth: Int, stride: Int) {
        let sampling = configuration.sampling
        let effort = sampling.effort(atDepth: depth, stride: stride)
        sampler = sampling.sampler(of: effort).rawValue
        steps = effort.steps
        guidance = effort.guidance
        orphanGuidance = effort.orphanGuidance
        conditionLevel = sampling.conditionLevel
        clip = sampling.clip
        draws = depth == 0 ? configuration.judge?.draws : nil
    }

    var description: String {
        (draws.map { "up to \($0) draws of " } ?? "")
            + "\(sampler) with \(steps) steps, guidance \(guidance)\(orphanGuidance.map { " (orphans \($0))" } ?? ""), condition level \(conditionLevel), clip \(clip)"
    }
}

/// The encoder as it is here and now: its settings, and the hash of one grey frame encoded with them. Another libx264
/// shows in that hash, and does not get mixed with this one in a film; and a missing encoder shows when a job is
/// submitted, not hours later.
package struct EncoderIdentity: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Raised whenever pixels come out of latents, or go into chunks, in another way.
    static let currentFormat = 1

    let format: Int
    let video: VideoFormat
    let sample: String

    /// - Throws: `VideoError`
    init(format video: VideoFormat) throws {
        try video.validate()
        let grey = Image(
            width: video.width, height: video.height,
            pixels: Array(repeating: 128, count: video.width * video.height * 3))
        sample = SHA256.hex(of: try Chunk.encode([grey], format: video))
        format = Self.currentFormat
        self.video = video
    }

    /// For films of this model.
    /// - Throws: `RenderFailure`
    init(configuration: ModelConfiguration, fps: Int, encoding: FilmEncoding) throws {
        do {
            try self.init(
                format: VideoFormat(
                    width: configuration.video.width, height: configuration.video.height, fps: fps, crf: encoding.crf,
                    preset: encoding.preset))
        } catch let cause as VideoError {
            throw RenderFailure.video(path: "encoder", cause: cause)
        }
    }

    package var description: String { "an encoder for \(video) whose sample is \(sample.prefix(12))…" }
}
