import Corpora
package import Diffusion
package import Foundation
import Models
import Tensors
import Threads

/// A training of T-KLVAE, or of its decoder alone, on the cartoon. The state after a step is a function of recipe and start, bit for bit.
package final class AutoencoderTraining: NetworkTraining {
    package let recipe: AutoencoderRecipe
    package let learner: Learner
    /// What is trained.
    package let model: Model
    /// With the running average of its weights: what is measured and kept.
    package let average: Model
    private let team: Team
    private let examples: AutoencoderExamples
    private let heldOut: AutoencoderExamples

    private static let heldOutPieces = 8
    /// Pieces by which the latents of an encoder that has learnt are normalised.
    private static let surveyedPieces = 64

    /// - Parameters:
    ///   - start: the model directory that it goes on from; its denoiser and its text encoder stay as they are.
    ///   - isUntrained: whether T-KLVAE begins anew, in the shape of the start's.
    ///   - threads: that compute; at most one a piece is of use.
    package init(_ recipe: AutoencoderRecipe, start: URL, isUntrained: Bool = false, threads: Int) throws {
        self.recipe = recipe
        if isUntrained, recipe.learns == .decoder { throw TrainingError.encoderNeverLearns }
        func load() throws -> Model {
            let found = try Model.load(directory: start)
            let enlargement = found.configuration.vae.enlargement
            guard recipe.upscale.isMultiple(of: enlargement) else {
                throw TrainingError.largerAlready(
                    model: start.path, upscale: enlargement, wanted: recipe.upscale)
            }
            let model = try Model(found, enlargedBy: recipe.upscale / enlargement)
            return isUntrained ? try Model(model, untrainedAutoencoder: recipe.seed) : model
        }
        let (model, average) = (try load(), try load())
        (self.model, self.average) = (model, average)
        let parameters = zip(model.parameters(of: .vae), average.parameters(of: .vae)).filter {
            recipe.learns == .whole || $0.0.name.hasPrefix("decoder.")
        }
        learner = Learner(parameters.map { ($0.name, $0, $1) }, recipe.optimiser, steps: recipe.steps)
        team = Team(size: max(1, min(threads, recipe.pieces)))
        func examples(_ split: Split) -> AutoencoderExamples {
            AutoencoderExamples(recipe: recipe, split: split, configuration: model.configuration)
        }
        self.examples = examples(.training)
        heldOut = examples(.validation)
    }

    package var steps: Int { recipe.steps }

    package func advance() throws -> Learner.StepReport {
        let loss = AutoencoderLoss(model: model, learns: recipe.learns, weights: recipe.loss)
        let share = 1 / Float(recipe.pieces)
        return learner.learn(
            from: try team.map(recipe.pieces) { [examples, step, wanted = learner.trained] place in
                loss.piece(try examples.example(step: step, place: place), by: wanted, share: share)
            })
    }

    package static let heldOutColumns = ["held_out_loss", "held_out_decibel"]

    /// Half of the pieces are single pictures, half are clips.
    package func measure() throws -> HeldOutReport? {
        let loss = AutoencoderLoss(model: average, learns: recipe.learns, weights: recipe.loss)
        let found = try team.map(Self.heldOutPieces) { [heldOut] place in
            loss.measure(try heldOut.example(step: 0, place: place, isClip: !place.isMultiple(of: 2)))
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        let score = mean(found.map(\.loss))
        return HeldOutReport(score: score, measures: [score, mean(found.map(\.decibel))])
    }

    package func export(to directory: URL) throws {
        switch recipe.learns {
        case .decoder: try average.save(to: directory)
        case .whole: try average.save(to: directory, configuration: try surveyed())
        }
    }

    /// The model's configuration with the mean and the standard deviation that its encoder's latents have now, and an encoder of its own.
    private func surveyed() throws -> ModelConfiguration {
        var c = average.configuration
        let channels = c.vae.latentChannels
        let latents = try team.map(Self.surveyedPieces) { [average, heldOut] place in
            average.encode(apart: try heldOut.example(step: 1, place: place, isClip: false).entering).values
        }.joined()
        var (sums, squares, count) = (
            [Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels), 0.0
        )
        for (i, value) in latents.enumerated() {
            sums[i % channels] += Double(value)
            squares[i % channels] += Double(value) * Double(value)
            count += 1 / Double(channels)
        }
        for channel in 0..<channels {
            // They were normalised by what the configuration says so far.
            let (mean, std) = (c.vae.latentMean[channel], c.vae.latentStd[channel])
            let found = sums[channel] / count
            let deviation = max(1e-6, squares[channel] / count - found * found).squareRoot()
            c.vae.latentMean[channel] = mean + found * std
            c.vae.latentStd[channel] = deviation * std
        }
        c.vae.encoder = nil
        return c
    }
}
