import Cartoon
package import Corpora
package import Diffusion
import Foundation
import Models
import Pictures

/// How much of pictures is left that go through the T-KLVAE: at the size at which they enter and, where they leave at another, at that.
package enum ReconstructionTable {
    private static let singles = 64
    private static let clips = 8
    private static let clipFrames = 16

    /// Throws `PictureError`, and ``SegmentError`` of a model whose results are no numbers.
    package static func rows(_ model: Model, split: Split) throws -> [EvaluationRow] {
        let (outer, inner) = (model.configuration.video, model.configuration.entering)
        func pictures(_ number: Int, frames: Int, _ size: ModelConfiguration.Video) throws -> [Image] {
            let episode = Episode(seed: split.seed(UInt64(EpisodeNumbers.reconstructed + number)))
            var random = RandomStream(.reconstructed, item: number)
            let start = random.below(episode.frames - frames)
            return try (0..<frames).map { try episode.image(at: start + $0, width: size.width, height: size.height) }
        }
        func rows(_ name: String, count: Int, frames: Int) throws -> [EvaluationRow] {
            let pairs = try (0..<count).map { number in
                let number = number + frames * 1000
                let copies = try model.decode(model.encode(apart: pictures(number, frames: frames, inner)))
                return zip(try pictures(number, frames: frames, outer), copies)
            }
            func row(_ name: String, target: String?, _ likeness: (Image, Image) -> Double) -> EvaluationRow {
                let sums = pairs.map { [$0.reduce(0) { $0 + likeness($1.0, $1.1) }, Double(frames)] }
                return EvaluationRow(
                    name: "reconstruction, \(name)", unit: .decibel, estimate: Estimate(sums) { $0[0] / $0[1] },
                    count: count * frames, films: count, target: target)
            }
            let factor = model.configuration.vae.enlargement
            let reduced = row(name, target: "33 dB") { $0.reduced(by: factor).likeness(to: $1.reduced(by: factor)) }
            if factor == 1 { return [reduced] }
            return [
                reduced, row("\(name), \(outer.width)x\(outer.height)", target: nil) { $0.likeness(to: $1) },
            ]
        }
        return try rows("single pictures", count: singles, frames: 1)
            + rows("clips of \(clipFrames)", count: clips, frames: clipFrames)
    }
}

extension Image {
    /// The peak signal-to-noise ratio, in dB; 99 where they are equal.
    func likeness(to other: Image) -> Double {
        let sum = zip(pixels, other.pixels).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
        if sum == 0 { return 99 }
        return 10 * log10(255 * 255 * Double(pixels.count) / Double(sum))
    }
}
