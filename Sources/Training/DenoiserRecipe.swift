package import Models

/// How MTD and the text encoder are trained: the keys of `etc/nuwa/training/mtd.toml`, `figures.toml` and `distill.toml`. The PyTorch twin reads the same file.
package struct DenoiserRecipe: Recipe, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable { case mtd, distill }

    package var stage: Stage
    package var steps: Int
    /// Clips of a step; of stills, ``stillsPerClip`` times as many.
    package var batch: Int
    package var seed: UInt64
    /// What the network gets beside the parts that it starts with; nil: nothing.
    package var network: ModelConfiguration.MTDParts?
    /// What the loss of telling who is where counts beside the prediction's; nil: nobody is asked for (docs/decisions/0015).
    package var figures: Double?
    package var optimiser: OptimiserRecipe
    package var noise: Noise
    package var mix: [Kind]

    package static let stillsPerClip = 16

    /// How much noise examples have, and what of them is withheld.
    package struct Noise: Codable, Sendable, Equatable {
        /// Share of the timesteps of clips without given frames that are drawn from the upper part, where casts are decided.
        package var upper: Double
        /// The largest timestep of the noise on given frames.
        package var condition: Int
        /// Share of the clips whose given frames have noise.
        var conditionShare: Double
        /// Share of the examples that learn the empty prompt, which guidance needs.
        var promptDrop: Double
        /// Share of the words that are read as unknown.
        var wordDrop: Double

        enum CodingKeys: String, CodingKey {
            case upper, condition
            case conditionShare = "condition_share"
            case promptDrop = "prompt_drop"
            case wordDrop = "word_drop"
        }
    }

    /// One kind of examples, and its share of the steps.
    package struct Kind: Codable, Sendable, Equatable {
        /// From and to.
        package var strides: [Int]
        /// From and to; 1 and 1 are stills.
        package var frames: [Int]
        package var known: Known
        /// Evaluations in which a student goes where its teacher takes `from` steps; nil: nobody is taught, as without a teacher.
        package var into: Int?
        package var from: Int?
        package var share: Double

        package init(
            strides: [Int], frames: [Int], known: Known, into: Int? = nil, from: Int? = nil, share: Double
        ) {
            (self.strides, self.frames, self.known) = (strides, frames, known)
            (self.into, self.from, self.share) = (into, from, share)
        }

        package var isStills: Bool { frames == [1, 1] }
        var strideRange: ClosedRange<Int> { strides[0]...strides[1] }
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

    /// How a student samples whose teacher samples so: where it was taught, in as many evaluations as it was taught; elsewhere as the teacher.
    func sampling(ofTeacher teacher: ModelConfiguration.Sampling) -> ModelConfiguration.Sampling {
        var sampling = teacher
        for kind in mix {
            guard let into = kind.into else { continue }
            let (known, above): (Known, Int) = (kind.known == .both ? .both : .none, kind.strides[1] + 1)
            sampling.replace(
                kind.strideRange,
                by: .init(
                    known: known, stride: kind.strides[0], effort: .init(steps: into, sampler: .ddim, guidance: 1)),
                beyond: .init(
                    known: known, stride: above,
                    effort: teacher.effort(atDepth: known == .none ? 0 : 1, stride: above)))
        }
        return sampling
    }

    package var rules: [RecipeRule] {
        func isRange(_ range: [Int]) -> Bool { range.count == 2 && range[0] >= 1 && range[0] <= range[1] }
        return [
            RecipeRule("figures", figures.map { $0 > 0 } ?? true, "more than 0, or left out"),
            .positive("steps", steps), .positive("batch", batch),
        ] + optimiser.rules + [
            .share("noise.upper", noise.upper),
            RecipeRule("noise.condition", (1...999).contains(noise.condition), "from 1 to 999"),
            .share("noise.condition_share", noise.conditionShare),
            .share("noise.prompt_drop", noise.promptDrop),
            .share("noise.word_drop", noise.wordDrop),
            RecipeRule(
                "mix", !mix.isEmpty && mix.allSatisfy { isRange($0.strides) && isRange($0.frames) && $0.share > 0 },
                "at least one table, each with strides and frames as [from, to] and a share above 0"),
            RecipeRule(
                "mix", mix.allSatisfy { $0.isStills ? $0.known == .none : $0.frames.first != 1 },
                "of stills, frames = [1, 1] and known = \"none\", or of clips of 2 and more frames"),
            RecipeRule(
                "mix",
                mix.allSatisfy { kind in
                    guard let into = kind.into, let from = kind.from else {
                        return kind.into == nil && kind.from == nil
                    }
                    return into >= 1 && from >= into && from.isMultiple(of: into) && !kind.isStills
                        && (kind.known == .none || kind.known == .both)
                },
                "without `into` and `from`, or of clips of which nothing or both ends are known, `from` a multiple of `into`"
            ),
            RecipeRule(
                "mix", (stage == .distill) == mix.contains { $0.into != nil },
                "with `into` and `from` in some table where the stage is \"distill\", and in none where it is \"mtd\""),
        ]
    }
}
