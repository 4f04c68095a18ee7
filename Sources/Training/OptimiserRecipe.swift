import Foundation

/// How a network's weights follow their gradients: AdamW (Loshchilov and Hutter 2019). The keys of `[optimiser]` in a recipe.
package struct OptimiserRecipe: Codable, Sendable, Equatable {
    package var rate: Double
    var warmUp: Int
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

    package var rules: [RecipeRule] {
        [
            RecipeRule("optimiser.rate", rate > 0, "more than 0"),
            RecipeRule("optimiser.warm_up", warmUp >= 0, "0 or more"),
            .share("optimiser.final", final), .share("optimiser.decay", decay),
            RecipeRule("optimiser.clip", clip > 0, "more than 0"),
            RecipeRule("optimiser.average", (0..<1).contains(average), "from 0 to below 1"),
        ]
    }
}
