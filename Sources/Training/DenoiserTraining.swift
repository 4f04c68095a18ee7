package import Diffusion
package import Foundation
import Models
package import Pictures
import Tensors
import Threads

/// A training of MTD and the text encoder: its state, and the step that takes it on. What happens between steps is ``TrainingRun``'s.
///
/// Belongs to one thread, which directs a team of others. Every piece of a batch is computed by one of them, and the pieces' gradients are
/// added in their order: so the state after a step is a function of recipe, start and latents, bit for bit, whatever the number of threads
/// and however often the training was interrupted.
package final class DenoiserTraining: NetworkTraining {
    package let recipe: DenoiserRecipe
    package let learner: Learner
    /// What is trained.
    package let model: Model
    /// The running average of its weights: what is measured and kept.
    package let average: Model

    /// Who asks the model who is where, if the recipe wants it, and what the answers' loss counts; never exported.
    private let asking: (heads: Whereabouts, share: Float)?
    /// The start, as it was; nil where nobody is taught.
    private let teacher: Model?
    let team: Team
    private let pieces: Int
    private let examples: DenoiserExamples
    private let measuring: Measuring?
    private let drawing: Drawing?

    /// Clips of a piece, in which the gradients of a batch are found side by side; stills accordingly.
    private static let clipsPerPiece = 2

    /// Where a training finds things.
    package struct Places: Sendable {
        /// The model directory that it goes on from; its T-KLVAE stays as it is.
        package var start: URL
        /// A folder of latents to learn from, as `nuwa latents` fills it.
        package var latents: URL

        package init(start: URL, latents: URL) { (self.start, self.latents) = (start, latents) }
    }

    /// Tells how good a model is, for ``measure()``.
    package typealias Measuring = (Model) throws -> HeldOutReport
    /// Shows what a model makes, for ``sheet()``.
    package typealias Drawing = (Model) throws -> Image

    /// - Parameters:
    ///   - isUntrained: whether the denoiser and the text encoder begin anew, in the shape of those of the start.
    ///   - threads: that compute; at most one a piece is of use.
    ///   - measuring: how the averaged weights are measured, with a ``HeldOutReport`` whose measures are ``heldOutColumns``; nil: not at all.
    ///   - drawing: how what they make is shown; nil: not at all.
    package init(
        _ recipe: DenoiserRecipe, at places: Places, isUntrained: Bool = false, threads: Int,
        measuring: Measuring? = nil, drawing: Drawing? = nil
    ) throws {
        self.recipe = recipe
        func load() throws -> Model {
            let model = try Model.load(directory: places.start, adding: recipe.network)
            return isUntrained ? try Model(untrainedLike: model, seed: recipe.seed) : model
        }
        let model = try load()
        self.model = model
        average = try load()
        teacher = recipe.stage == .distill ? try load() : nil
        guard teacher == nil || model.configuration.diffusion.objective == .velocity else {
            throw TrainingError.noStudent(of: model.configuration.name)
        }
        var parameters = [Model.Part.mtd, .text].flatMap { [model, average] part in
            zip(model.parameters(of: part), average.parameters(of: part)).map {
                ("\(part.rawValue).\($0.name)", $0, $1)
            }
        }
        asking = try recipe.figures.map { share in
            let heads = try Whereabouts(untrained: recipe.seed, for: model.configuration)
            // Nobody needs their average, but a checkpoint has one of all that is learnt.
            let average = try Whereabouts(untrained: recipe.seed, for: model.configuration)
            parameters += zip(heads.parameters, average.parameters).map { ("whereabouts.\($0.name)", $0, $1) }
            return (heads, Float(share))
        }
        learner = Learner(parameters, recipe.optimiser, steps: recipe.steps)
        pieces = max(1, recipe.batch / Self.clipsPerPiece)
        team = Team(size: max(1, min(threads, pieces)))
        examples = DenoiserExamples(
            recipe: recipe, configuration: model.configuration, tokenizer: model.text.tokenizer,
            schedule: model.schedule,
            library: try LatentLibrary(
                folder: places.latents, model: model, tellsFigures: recipe.figures != nil))
        self.measuring = measuring
        self.drawing = drawing
    }

    // MARK: Steps

    /// How often the folder of latents is looked at for new ones, in steps.
    private static let refreshEvery = 100

    package var steps: Int { recipe.steps }

    package func advance() throws -> Learner.StepReport {
        if step.isMultiple(of: Self.refreshEvery) { try examples.library.refresh() }
        let kind = examples.kind(ofStep: step)
        return learner.learn(from: try compute(examples, step, kind))
    }

    package var lossParts: [String] { asking == nil ? [] : ["figures_loss"] }

    package static let heldOutColumns = ["held_out_error", "held_out_wins"]

    package func measure() throws -> HeldOutReport? { try measuring?(average) }

    package func sheet() throws -> Image? { try drawing?(average) }

    private func compute(_ examples: DenoiserExamples, _ step: Int, _ kind: DenoiserRecipe.Kind) throws -> [LossPiece] {
        let (count, pieces) = (examples.count(kind), pieces)
        let drawn = try team.map(pieces) { piece in
            try (piece * count / pieces..<(piece + 1) * count / pieces).map {
                try examples.example(kind, step: step, place: $0)
            }
        }
        let total = DenoiserLoss.Total(drawn.joined())
        return try team.map(pieces) { [model, asking, teacher, wanted = learner.trained] in
            var examples = drawn[$0]
            if let teacher, kind.into != nil {
                let targets = Distillation(teacher: teacher).targets(examples)
                for i in examples.indices { examples[i].target = targets[i] }
            }
            return DenoiserLoss(model: model, asking: asking).piece(examples, by: wanted, total: total)
        }
    }

    package func export(to directory: URL) throws {
        var configuration = average.configuration
        configuration.sampling = recipe.sampling(ofTeacher: configuration.sampling)
        try average.save(to: directory, configuration: configuration)
    }
}
