import Corpora
import Diffusion
import Foundation
import Models
import Pictures
import Tensors
import TestSupport
import Testing

@testable import Training

/// Trainings of the tiny model's T-KLVAE on the cartoon.
@Suite struct AutoencoderTrainingTests {
    private static let recipeFile = Workshop.fixtures.appending(path: "../../etc/nuwa/training/vae.toml")

    private var recipe: AutoencoderRecipe
    private let directory: TemporaryDirectory

    init() throws {
        recipe = try AutoencoderRecipe.read(Self.recipeFile)
        (recipe.steps, recipe.batch, recipe.pictures.frames, recipe.optimiser.warmUp) = (6, 4, 2, 2)
        directory = try TemporaryDirectory()
    }

    private func training(threads: Int = 2, start: URL = Workshop.tiny, isUntrained: Bool = false) throws
        -> AutoencoderTraining
    {
        try AutoencoderTraining(recipe, start: start, isUntrained: isUntrained, threads: threads)
    }

    private func run(_ training: AutoencoderTraining, in work: String = "work") throws -> TrainingRun {
        try TrainingRun(
            training, work: directory.file(work),
            every: TrainingRun.Intervals(log: 2, checkpoint: 2, heldOut: 4))
    }

    private func checkpoint(interruptedAfter steps: [Int], threads: Int, in work: String) throws -> Data {
        for step in steps {
            let run = try run(training(threads: threads), in: work)
            try run.run(while: { run.training.step < step }, report: { _ in })
            #expect(run.training.step == step)
        }
        let run = try run(training(threads: threads), in: work)
        try run.run(report: { _ in })
        return try Data(contentsOf: run.checkpoint)
    }

    @Test("Interrupted and resumed training ends with the same bytes, with whatever number of threads")
    func resumed() throws {
        let whole = try checkpoint(interruptedAfter: [], threads: 1, in: "whole")
        #expect(try checkpoint(interruptedAfter: [1, 3], threads: 2, in: "resumed") == whole)
    }

    @Test("A decoder that learnt to draw larger belongs to the encoder that it had")
    func larger() throws {
        try run(training()).run(report: { _ in })
        let (before, after) = (
            try Model.load(directory: Workshop.tiny), try Model.load(directory: directory.file("work/model"))
        )
        #expect(after.encoderHash == before.encoderHash && after.hash != before.hash)
        #expect(after.configuration.video == .init(width: 64, height: 64))
        #expect(after.configuration.entering == before.configuration.video)
        #expect(after.configuration.latentShape == before.configuration.latentShape)
        let picture = try CartoonCorpus(split: .training, width: 32, height: 32).clip(1, of: .still).pictures
        #expect(after.encode(apart: picture).values == before.encode(apart: picture).values)
        let pictures = try after.decode(after.encode(apart: picture))
        #expect(pictures.map(\.width) == [64])
        _ = try Model.load(directory: directory.file("work/best"))
        let log = try String(contentsOf: directory.file("work/log.csv"), encoding: .utf8)
        #expect(log.contains("held_out_decibel"))
    }

    @Test("An untrained encoder that would not learn is refused")
    func refused() throws {
        #expect(throws: TrainingError.encoderNeverLearns) { try training(isUntrained: true) }
    }

    @Test("A training of the whole says how its latents are normalised, and that its encoder is its own")
    mutating func whole() throws {
        (recipe.learns, recipe.upscale, recipe.pictures.clips) = (.whole, 1, 0)
        try run(training(isUntrained: true)).run(report: { _ in })
        let start = try Model.load(directory: Workshop.tiny)
        let model = try Model.load(directory: directory.file("work/model"))
        #expect(model.encoderHash != start.encoderHash && model.configuration.vae.encoder == nil)
        let corpus = CartoonCorpus(split: .test, width: 32, height: 32)
        let pictures = try (0..<64).flatMap { try corpus.clip($0, of: .still).pictures }
        let latents = model.encode(apart: pictures).values
        let mean = latents.reduce(0, +) / Float(latents.count)
        let square = latents.reduce(0) { $0 + $1 * $1 } / Float(latents.count)
        #expect(abs(mean) < 0.2 && abs(square - 1) < 0.4, "mean \(mean), mean square \(square)")
    }

    @Test("A loss that is no number stops the training and leaves the last good checkpoint")
    func diverged() throws {
        let first = try run(training())
        try first.run(while: { first.training.step < 2 }, report: { _ in })
        let kept = try Data(contentsOf: first.checkpoint)
        let training = try training()
        let run = try run(training)
        let bias = try #require(
            training.model.parameters(of: .vae).first { $0.name == "decoder.conv_out.spatial.bias" })
        bias.set([Float](repeating: .nan, count: bias.values.count))
        let error = #expect(throws: TrainingError.self) { try run.run(report: { _ in }) }
        #expect(error?.description.contains("step 2: the loss is nan. The training has diverged") == true)
        #expect(try Data(contentsOf: run.checkpoint) == kept)
    }

    @Test("Pictures enter as the encoder takes them, and leave as the film has them")
    func examples() throws {
        let configuration = try training().model.configuration
        let examples = AutoencoderExamples(recipe: recipe, split: .training, configuration: configuration)
        for isClip in [false, true] {
            let example = try examples.example(step: 3, place: 1, isClip: isClip)
            #expect(example.entering.count == 2 && example.frames == (isClip ? 2 : 1))
            for (small, large) in zip(example.entering, example.leaving) {
                #expect((small.width, large.width) == (32, 64))
                let errors = zip(small.pixels, large.reduced(by: 2).pixels).map { abs(Int($0) - Int($1)) }
                #expect(errors.reduce(0, +) < 8 * errors.count)
            }
        }
        let (again, next) = (
            try examples.example(step: 3, place: 1, isClip: true), try examples.example(step: 4, place: 1, isClip: true)
        )
        #expect(try examples.example(step: 3, place: 1, isClip: true).leaving == again.leaving)
        #expect(again.leaving != next.leaving)
        let kinds = Set((0..<20).map(examples.isClip))
        #expect(kinds == [true, false])
    }

    @Test("Larger pictures cannot be made smaller again")
    func smaller() throws {
        let larger = Workshop.fixtures.appending(path: "models/tiny-extended")
        var training = self
        training.recipe.upscale = 3
        let error = #expect(throws: TrainingError.self) { try training.training(start: larger) }
        #expect(error?.description.contains("leave at 2 times the size") == true)
        training.recipe.upscale = 2
        #expect(try training.training(start: larger).model.configuration.vae.enlargement == 2)
    }

    @Test("The recipe that is shipped can be read, and one with a wrong batch is refused by name")
    func shipped() throws {
        let recipe = try AutoencoderRecipe.read(Self.recipeFile)
        #expect(recipe.learns == .decoder && recipe.upscale == 2)
        let text = try String(contentsOf: Self.recipeFile, encoding: .utf8)
            .replacingOccurrences(of: "batch = \(recipe.batch)", with: "batch = 30")
        let error = #expect(throws: RecipeError.self) { try AutoencoderRecipe(toml: text, file: "r.toml") }
        #expect(error?.description.contains("batch: should be a multiple of pictures.frames") == true)
    }
}
