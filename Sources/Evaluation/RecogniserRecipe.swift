package import Training

/// How the recogniser is trained: the keys of `etc/nuwa/training/recogniser.toml`.
package struct RecogniserRecipe: Recipe, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable { case recogniser }

    package var stage: Stage
    package var steps: Int
    /// Pictures of a step; a multiple of ``RecogniserExamples/groupSize``.
    package var batch: Int
    package var seed: UInt64
    package var optimiser: OptimiserRecipe
    package var pictures: Pictures

    /// Shares of the pictures that are not as the cartoon draws them.
    package struct Pictures: Codable, Sendable, Equatable {
        package var decoded, spliced, blurred: Double
    }

    package var rules: [RecipeRule] {
        [
            .positive("steps", steps),
            RecipeRule(
                "batch", batch >= 1 && batch.isMultiple(of: RecogniserExamples.groupSize),
                "a multiple of \(RecogniserExamples.groupSize)"),
        ] + optimiser.rules + [
            .share("pictures.decoded", pictures.decoded), .share("pictures.spliced", pictures.spliced),
            .share("pictures.blurred", pictures.blurred),
        ]
    }
}
