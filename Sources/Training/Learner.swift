package import Foundation
package import Tensors

/// What a piece of a batch adds to the loss and to its gradients.
package struct LossPiece: Sendable {
    package let loss: Double
    /// What is told apart of the loss, in the order of ``NetworkTraining/lossParts``.
    package let parts: [Double]
    /// By parameter, f32; nil where the loss does not depend on it. Empty if they were not asked for.
    package let gradients: [Tensor?]

    package init(loss: Double, parts: [Double] = [], gradients: [Tensor?]) {
        (self.loss, self.parts, self.gradients) = (loss, parts, gradients)
    }
}

/// The parameters that a training changes, and how far it has come with them: weights, their running average, the optimiser's moments.
///
/// Belongs to one thread.
package final class Learner {
    package typealias Parameters = [(name: String, trained: Parameter, average: Parameter)]

    /// The number of steps taken.
    package private(set) var step = 0
    /// The least held-out score so far.
    package var best: Double?
    private let parameters: Parameters
    private let recipe: OptimiserRecipe
    private let steps: Int
    private let optimiser: AdamW

    /// - Parameter steps: of the whole training, by which the rate falls.
    package init(_ parameters: Parameters, _ recipe: OptimiserRecipe, steps: Int) {
        self.parameters = parameters
        self.recipe = recipe
        self.steps = steps
        optimiser = AdamW(parameters.map(\.trained), decay: Float(recipe.decay))
    }

    /// What gradients are wanted by.
    package var trained: [Parameter] { parameters.map(\.trained) }

    package struct StepReport: Sendable {
        package let loss: Double
        /// In the order of ``NetworkTraining/lossParts``.
        package let parts: [Double]
        /// Of all gradients together, before clipping.
        package let norm: Double
        package let rate: Double
    }

    /// One step down the slope that the pieces add up to, in their order: so its bits do not depend on who computed them. A loss or
    /// gradient that is no number changes nothing and is reported as it is.
    package func learn(from pieces: [LossPiece]) -> StepReport {
        let gradients = parameters.indices.map { i in
            pieces.compactMap { $0.gradients[i] }.reduce(nil as Tensor?) { sum, next in
                sum.map { add($0, next) } ?? next
            }
        }
        let loss = pieces.reduce(0) { $0 + $1.loss }
        let parts = pieces.dropFirst().reduce(pieces.first?.parts ?? []) { zip($0, $1.parts).map(+) }
        let norm = gradients.reduce(0) { $0 + ($1?.sumOfSquares ?? 0) }.squareRoot()
        let rate = recipe.rate(ofStep: step, of: steps)
        let report = StepReport(loss: loss, parts: parts, norm: norm, rate: rate)
        guard loss.isFinite, norm.isFinite else { return report }

        optimiser.step(gradients, rate: Float(rate), scale: Float(min(1, recipe.clip / (norm + 1e-6))))
        step += 1
        // The average's own warm-up: at first it follows quickly.
        let decay = min(recipe.average, Double(1 + step) / Double(10 + step))
        for (_, trained, average) in parameters { average.follow(trained, share: Float(1 - decay)) }
        return report
    }

    // MARK: What is kept

    /// Writes a ``Checkpoint``. Throws `SystemError`.
    package func save(to url: URL) throws {
        let states = zip(parameters.indices, parameters).map { i, parameter in
            (
                parameter.name, Array(parameter.trained.shape),
                Checkpoint.ParameterState(
                    weights: parameter.trained.values, average: parameter.average.values, first: optimiser.first[i],
                    second: optimiser.second[i], updates: optimiser.updates[i])
            )
        }
        try Checkpoint(step: step, best: best, parameters: states).write(to: url)
    }

    /// Goes on from what ``save(to:)`` wrote. Throws `SystemError`, `SafetensorsError`, and ``TrainingError`` where it is another training's.
    package func restore(from url: URL) throws {
        let checkpoint = try Checkpoint.read(url, wanted: parameters.map { ($0.name, Array($0.trained.shape)) })
        for (parameter, (_, _, state)) in zip(parameters, checkpoint.parameters) {
            parameter.trained.set(state.weights)
            parameter.average.set(state.average)
        }
        let states = checkpoint.parameters.map(\.state)
        optimiser.restore(
            first: states.map(\.first), second: states.map(\.second), updates: states.map(\.updates))
        (step, best) = (checkpoint.step, checkpoint.best)
    }
}
