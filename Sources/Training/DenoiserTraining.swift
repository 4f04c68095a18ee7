package import Diffusion
package import Foundation
import Models
package import Tensors

/// A training of MTD and the text encoder: its state, and the step that takes it on. What happens between steps is ``DenoiserRun``'s.
///
/// Belongs to one thread, which directs a team of others. Every piece of a batch is computed by one of them, and the pieces' gradients are
/// added in their order: so the state after a step is a function of recipe, start and latents, bit for bit, whatever the number of threads
/// and however often the training was interrupted.
package final class DenoiserTraining {
    package let recipe: DenoiserRecipe
    /// The number of steps taken.
    package private(set) var step = 0
    /// The least held-out loss so far.
    package var best: Double?
    /// What is trained.
    package let model: Model
    /// The running average of its weights: what is measured and kept.
    package let average: Model

    private let parameters: [(name: String, trained: Parameter, average: Parameter)]
    private let optimiser: AdamW
    private let team: Team
    private let pieces: Int
    private let examples: DenoiserExamples
    private let heldOut: DenoiserExamples?

    /// Clips of a piece, in which the gradients of a batch are found side by side; stills accordingly.
    private static let clipsPerPiece = 2

    /// Where a training finds things.
    package struct Places: Sendable {
        /// The model directory that it goes on from; its T-KLVAE stays as it is.
        package var start: URL
        /// Folders of latents as `nuwa latents` fills them: to learn from, and to measure with.
        package var latents: URL
        package var heldOut: URL?

        package init(start: URL, latents: URL, heldOut: URL?) {
            (self.start, self.latents, self.heldOut) = (start, latents, heldOut)
        }
    }

    /// - Parameters:
    ///   - isUntrained: whether the denoiser and the text encoder begin anew, in the shape of those of the start.
    ///   - threads: that compute; at most one a piece is of use.
    package init(_ recipe: DenoiserRecipe, at places: Places, isUntrained: Bool = false, threads: Int) throws {
        self.recipe = recipe
        func load() throws -> Model {
            let model = try Model.load(directory: places.start, adding: recipe.network)
            return isUntrained ? try Model(untrainedLike: model, seed: recipe.seed) : model
        }
        let model = try load()
        self.model = model
        average = try load()
        parameters = [Model.Part.mtd, .text].flatMap { [model, average] part in
            zip(model.parameters(of: part), average.parameters(of: part)).map {
                ("\(part.rawValue).\($0.name)", $0, $1)
            }
        }
        optimiser = AdamW(parameters.map(\.trained), decay: Float(recipe.optimiser.decay))
        pieces = max(1, recipe.batch / Self.clipsPerPiece)
        team = Team(size: max(1, min(threads, pieces)))
        func examples(_ folder: URL, isHeldOut: Bool) throws -> DenoiserExamples {
            DenoiserExamples(
                recipe: recipe, configuration: model.configuration, tokenizer: model.text.tokenizer,
                schedule: model.schedule,
                library: try LatentLibrary(folder: folder, model: model), isHeldOut: isHeldOut)
        }
        self.examples = try examples(places.latents, isHeldOut: false)
        heldOut = try places.heldOut.map { try examples($0, isHeldOut: true) }
    }

    // MARK: Steps

    package struct StepReport: Sendable {
        package let loss: Double
        /// Of all gradients together, before clipping.
        package let norm: Double
        package let rate: Double
    }

    /// How often the folder of latents is looked at for new ones, in steps.
    private static let refreshEvery = 100

    /// One step. A loss or gradient that is no number changes nothing and is reported as it is.
    package func advance() throws -> StepReport {
        if step.isMultiple(of: Self.refreshEvery) { try examples.library.refresh() }
        let pieces = try compute(examples, step, examples.kind(ofStep: step), model: model, isLearning: true)
        let gradients = parameters.indices.map { i in
            pieces.compactMap { $0.gradients[i] }.reduce(nil as Tensor?) { sum, next in
                sum.map { add($0, next) } ?? next
            }
        }
        let loss = pieces.reduce(0) { $0 + $1.loss }
        let norm = gradients.reduce(0) { $0 + ($1?.sumOfSquares ?? 0) }.squareRoot()
        let rate = recipe.optimiser.rate(ofStep: step, of: recipe.steps)
        let report = StepReport(loss: loss, norm: norm, rate: rate)
        guard loss.isFinite, norm.isFinite else { return report }

        optimiser.step(gradients, rate: Float(rate), scale: Float(min(1, recipe.optimiser.clip / (norm + 1e-6))))
        step += 1
        // The average's own warm-up: at first it follows quickly.
        let decay = min(recipe.optimiser.average, Double(1 + step) / Double(10 + step))
        for (_, trained, average) in parameters { average.follow(trained, share: Float(1 - decay)) }
        return report
    }

    /// The loss of the averaged weights on held-out latents, a mean over `batches` that are always the same, of kinds in the shares of
    /// the recipe: of all, and of the clips and the stills among them. nil without held-out latents.
    package func heldOutLoss(batches: Int) throws -> HeldOutLoss? {
        guard let heldOut else { return nil }
        let losses = try (0..<batches).map { batch in
            let kind = recipe.kind(at: (Double(batch) + 0.5) / Double(batches))
            let pieces = try compute(heldOut, batch, kind, model: average, isLearning: false)
            return (kind.isStills, pieces.reduce(0) { $0 + $1.loss })
        }
        func mean(_ losses: [Double]) -> Double? { losses.isEmpty ? nil : losses.reduce(0, +) / Double(losses.count) }
        return HeldOutLoss(
            all: mean(losses.map(\.1)) ?? .nan, clips: mean(losses.filter { !$0.0 }.map(\.1)),
            stills: mean(losses.filter(\.0).map(\.1)))
    }

    package struct HeldOutLoss: Sendable {
        package let all: Double
        package let clips, stills: Double?
    }

    private func compute(
        _ examples: DenoiserExamples, _ step: Int, _ kind: DenoiserRecipe.Kind, model: Model, isLearning: Bool
    ) throws -> [DenoiserLoss.Piece] {
        let (count, pieces) = (examples.count(kind), pieces)
        let drawn = try team.map(pieces) { piece in
            try (piece * count / pieces..<(piece + 1) * count / pieces).map {
                try examples.example(kind, step: step, place: $0)
            }
        }
        let total = drawn.joined().flatMap(\.weights).reduce(0, +)
        let wanted = isLearning ? parameters.map(\.trained) : []
        return try team.map(pieces) { DenoiserLoss(model: model).piece(drawn[$0], by: wanted, total: total) }
    }

    // MARK: What is kept

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

    /// Buffers and primitives of the directing thread and of those that compute: constant once every shape has been seen.
    package func statistics() throws -> [Engine.Statistics] {
        try [Engine.current.statistics] + team.map(team.size) { _ in Engine.current.statistics }
    }
}
