import Foundation
package import Models

/// How MTD and the text encoder are trained: the keys of `etc/nuwa/training/mtd.toml`, which explains each. The PyTorch twin reads the
/// same file. There are no defaults, so that a recipe tells all that a run did.
package struct DenoiserRecipe: Codable, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable { case mtd }

    package var stage: Stage
    package var steps: Int
    /// Clips of a step; of stills, ``stillsPerClip`` times as many.
    package var batch: Int
    package var seed: UInt64
    /// What the network gets beside the parts that it starts with; nil: nothing.
    package var network: ModelConfiguration.MTDParts?
    package var optimiser: Optimiser
    package var noise: Noise
    package var mix: [Kind]

    package static let stillsPerClip = 16

    package struct Optimiser: Codable, Sendable, Equatable {
        package var rate: Double
        package var warmUp: Int
        /// What is left of the rate at the end, as a share.
        package var final: Double
        package var decay: Double
        /// Largest norm of all gradients together.
        package var clip: Double
        /// Share of the old that the running average of the weights keeps from step to step.
        package var average: Double

        enum CodingKeys: String, CodingKey {
            case rate
            case warmUp = "warm_up"
            case final, decay, clip, average
        }

        /// Learning rate of a step, counted from 0: a straight warm-up, times a half cosine.
        package func rate(ofStep step: Int, of steps: Int) -> Double {
            let warm = min(1, Double(step + 1) / Double(max(1, warmUp)))
            let wave = 0.5 * (1 + cos(.pi * Double(step) / Double(steps)))
            return rate * warm * (final + (1 - final) * wave)
        }
    }

    package struct Noise: Codable, Sendable, Equatable {
        package var upper: Double
        package var condition: Int
        package var conditionShare: Double
        package var promptDrop: Double
        package var wordDrop: Double

        enum CodingKeys: String, CodingKey {
            case upper, condition
            case conditionShare = "condition_share"
            case promptDrop = "prompt_drop"
            case wordDrop = "word_drop"
        }
    }

    /// One kind of examples, and its share of the steps.
    package struct Kind: Codable, Sendable, Equatable {
        package enum Known: String, Codable, Sendable, CaseIterable { case none, both, first }

        /// From and to.
        package var strides: [Int]
        /// From and to; 1 and 1 are stills.
        package var frames: [Int]
        package var known: Known
        package var share: Double

        package var isStills: Bool { frames == [1, 1] }
        package var strideRange: ClosedRange<Int> { strides[0]...strides[1] }
        package var frameRange: ClosedRange<Int> { frames[0]...frames[1] }
    }

    /// The kind at a place, 0 to below 1, of the mix laid end to end.
    func kind(at place: Double) -> Kind {
        var rest = place * mix.reduce(0) { $0 + $1.share }
        return mix.first { kind in
            rest -= kind.share
            return rest < 0
        } ?? mix[mix.count - 1]
    }
}
