package import Diffusion
package import Foundation
package import Models
import Tensors

/// Measures a denoiser on latents that it never learnt from, without sampling: how far its prediction is off, frame by frame, for
/// whatever prompts it is told. Everything random is a function of the clip's number, so that two models and two sets of prompts are asked
/// the same.
package struct DenoiserProbe: Sendable {
    /// What is asked about: frames of a clip, how far apart they are, and which of them are given.
    package struct Kind: Sendable, Codable, Equatable {
        package let frames: Int
        /// From and to.
        package let strides: [Int]
        /// Nothing, or both ends.
        package let known: Known

        package init(frames: Int, strides: ClosedRange<Int>, known: Known) {
            precondition(known != .start, "it is asked about clips of which nothing or both ends are known")
            self.frames = frames
            self.strides = [strides.lowerBound, strides.upperBound]
            self.known = known
        }

        package var isStills: Bool { frames == 1 }

        fileprivate var sought: DenoiserRecipe.Kind {
            .init(strides: strides, frames: [frames, frames], known: known, share: 1)
        }
    }

    /// A clip to ask about.
    package struct Clip: Sendable {
        fileprivate let number: Int
        fileprivate let excerpt: Excerpt
        /// By frame, all the ways to tell what it shows.
        package var wordings: [[String]] { excerpt.wordings }
    }

    private enum Purpose: UInt32 {
        case excerpt = 1
        case shard, noise, sharedNoise
    }

    private static let seed: UInt64 = 0x6E75_7761
    private let library: LatentLibrary

    /// - Parameter latents: a folder that `nuwa latents` filled from episodes that training never sees.
    package init(latents: URL, model: Model) throws {
        library = try LatentLibrary(folder: latents, model: model)
    }

    /// The clips of a kind, the same whenever the folder is the same.
    package func clips(_ kind: Kind, count: Int) throws -> [Clip] {
        try (0..<count).map { number in
            var random = stream(.excerpt, number)
            var neighbours = stream(.shard, number)
            let excerpt = try library.excerpt(
                of: kind.sought, frames: kind.frames, neighbours: &neighbours, &random)
            return Clip(number: number, excerpt: excerpt)
        }
    }

    /// By clip and frame, the mean square error of what is predicted; nil for frames that are given.
    ///
    /// - Parameter prompts: by clip and frame.
    package func errors(
        of model: Model, _ clips: [Clip], _ kind: Kind, timestep: Int, prompts: [[String]]
    ) -> [[Double?]] {
        let examples = zip(clips, prompts).map { clip, prompts in
            example(clip, kind, timestep, prompts.map(model.text.tokenizer.tokens), model)
        }
        let errors = DenoiserLoss(model: model).errors(examples)
        return zip(examples, errors).map { example, errors in
            zip(example.condition?.mask ?? [0], errors).map { $0 == 0 ? $1 : nil }
        }
    }

    private func stream(_ purpose: Purpose, _ number: Int) -> RandomStream {
        RandomStream(seed: Self.seed, purpose: purpose.rawValue, step: 0, item: number)
    }

    private func example(
        _ clip: Clip, _ kind: Kind, _ timestep: Int, _ tokens: [[Int]], _ model: Model
    ) -> DenoiserExample {
        let latents = clip.excerpt.latents
        func parent(_ frame: Int) -> [Float] { Array(latents[frame]) }
        var parents: [Int: [Float]] = [:]
        if kind.known == .both {
            parents[0] = parent(0)
            parents[max(2, latents.frames) - 1] = parent(latents.frames - 1)
        }
        let condition = Condition(
            frames: max(2, latents.frames), known: parents, between: model.configuration.mtd.between, level: 0)
        var own = stream(.noise, clip.number)
        var common = stream(.sharedNoise, clip.number)
        return DenoiserExample(
            latents: latents, tokens: tokens,
            stride: kind.isStills ? DenoiserExamples.stillStride : clip.excerpt.stride, timestep: timestep,
            noise: DenoiserExamples.noise(
                for: latents, share: model.configuration.diffusion.sharedNoise, &own, &common),
            condition: kind.isStills ? nil : condition, figures: nil)
    }
}
