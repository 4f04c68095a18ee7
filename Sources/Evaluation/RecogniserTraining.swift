import Corpora
package import Diffusion
package import Foundation
import Tensors
import Threads
package import Training

/// A training of the recogniser on the cartoon's truth. The state after a step is a function of the recipe and the decoder, bit for bit.
package final class RecogniserTraining: NetworkTraining {
    package let recipe: RecogniserRecipe
    package let learner: Learner
    package let recogniser: Recogniser
    /// With the running average of its weights: what is measured and kept.
    package let average: Recogniser
    private let team: Team
    private let examples: RecogniserExamples
    private let heldOut: RecogniserExamples

    /// Groups of pictures of a piece, in which the gradients of a batch are found side by side.
    private static let groupsPerPiece = 2
    private static let heldOutSteps = 8

    /// - Parameters:
    ///   - decoder: whose T-KLVAE some pictures go through.
    ///   - threads: that compute.
    package init(_ recipe: RecogniserRecipe, decoder: Model, threads: Int) throws {
        self.recipe = recipe
        recogniser = try Recogniser(untrained: recipe.seed)
        average = try Recogniser(untrained: recipe.seed)
        learner = Learner(
            zip(recogniser.parameters, average.parameters).map { ($0.name, $0, $1) }, recipe.optimiser,
            steps: recipe.steps)
        team = Team(size: max(1, threads))
        examples = RecogniserExamples(recipe: recipe, split: .training, decoder: decoder)
        heldOut = RecogniserExamples(recipe: recipe, split: .validation, decoder: decoder)
    }

    package var steps: Int { recipe.steps }

    package func advance() throws -> Learner.StepReport {
        learner.learn(from: try compute(examples, step, recogniser, isLearning: true))
    }

    package static let heldOutColumns = ["held_out_loss"]

    package func measure() throws -> HeldOutReport? {
        let losses = try (0..<Self.heldOutSteps).map {
            try compute(heldOut, $0, average, isLearning: false).reduce(0) { $0 + $1.loss }
        }
        let mean = losses.reduce(0, +) / Double(losses.count)
        return HeldOutReport(score: mean, measures: [mean])
    }

    private func compute(
        _ examples: RecogniserExamples, _ step: Int, _ recogniser: Recogniser, isLearning: Bool
    ) throws -> [LossPiece] {
        let wanted = isLearning ? learner.trained : []
        let groups = recipe.batch / RecogniserExamples.groupSize
        let pieces = (groups + Self.groupsPerPiece - 1) / Self.groupsPerPiece
        return try team.map(pieces) { [batch = recipe.batch] piece in
            let range = piece * Self.groupsPerPiece..<min(groups, (piece + 1) * Self.groupsPerPiece)
            let drawn = try range.flatMap { try examples.examples(step: step, group: $0) }
            return RecogniserLoss(recogniser: recogniser).piece(drawn, by: wanted, batch: batch)
        }
    }

    package func export(to directory: URL) throws { try average.save(to: directory) }
}
