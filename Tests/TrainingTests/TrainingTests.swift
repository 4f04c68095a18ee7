import Diffusion
import Foundation
import Models
import TestSupport
import Threads
import Testing

@testable import Tensors
@testable import Training

@Suite struct TrainingTests {
    @Test("A few latents are learnt by heart, from untrained weights on")
    func learns() throws {
        var workshop = try Workshop()
        workshop.isUntrained = true
        workshop.recipe.steps = 150
        workshop.recipe.optimiser.rate = 5e-3
        // What is to be predicted is the same in every frame, so that there is something to learn.
        for (name, frames, stride) in [("000000-4", 4, 1), ("000001-4", 4, 60), ("000002-1", 1, 1)] {
            try workshop.shard("latents", name, frames: frames, stride: stride, seed: 3) { values in
                for i in values.indices { values[i] = i % 4 < 2 ? 1 : -1 }
            }
        }
        let training = try workshop.training()
        let losses = try (0..<150).map { _ in try training.advance().loss }
        let (first, last) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
        #expect(last < first * 2 / 3, "\(first / 10) at first, \(last / 10) at last")
    }

    @Test("The models that a run leaves are read by the renderer")
    func exported() throws {
        let workshop = try Workshop()
        try workshop.run().run(report: { _ in })
        for name in ["model", "best"] {
            let model = try Model.load(directory: workshop.directory.file("work/" + name))
            #expect(model.configuration == (try Model.load(directory: Workshop.tiny)).configuration)
            let moved = zip(
                model.parameters(of: .mtd), try Model.load(directory: Workshop.tiny).parameters(of: .mtd)
            ).filter { $0.values != $1.values }
            #expect(moved.count > 100)
        }
    }

    @Test("Who is where is learnt by heart and logged, from a denoiser that leaves without the heads")
    func asking() throws {
        var workshop = try Workshop()
        workshop.recipe.steps = 120
        workshop.recipe.optimiser.rate = 5e-3
        try workshop.ask()
        let run = try workshop.run()
        try run.run(report: { _ in })

        let rows = String(decoding: try workshop.bytes("log.csv"), as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(rows[0].prefix(4) == ["step", "loss", "figures_loss", "held_out_error"])
        let parts = rows.dropFirst().compactMap { Double($0[2]) }
        #expect(parts.count == 60)
        let (first, last) = (parts.prefix(5).reduce(0, +) / 5, parts.suffix(5).reduce(0, +) / 5)
        #expect(last < first / 2, "\(first) at first, \(last) at last")
        #expect(rows.dropFirst().allSatisfy { Double($0[1])! > Double($0[2])! })

        let learnt = try SafetensorsFile(run.checkpoint).names.filter { $0.hasPrefix("weights.whereabouts.") }
        #expect(learnt.count == 12)
        // A name more than the configuration asks for would be refused.
        let model = try Model.load(directory: workshop.directory.file("work/model"))
        #expect(model.configuration == (try Model.load(directory: Workshop.tiny)).configuration)
    }

    @Test("Latents that do not tell who is where are refused by name where the recipe asks")
    func unknownFigures() throws {
        var workshop = try Workshop()
        try workshop.ask()
        _ = try workshop.training()
        try workshop.shard("latents", "000001-4", frames: 4, stride: 60, seed: 1)
        let error = #expect(throws: TrainingError.self) { try workshop.training() }
        #expect(
            error?.description.contains("000001-4.safetensors: its clips do not tell who is where") == true
                && error?.description.contains("Make the folder anew with `nuwa latents`") == true)
    }

    @Test("A denoiser of a single scale cannot be asked who is where")
    func singleScale() throws {
        var configuration = try Model.load(directory: Workshop.tiny).configuration
        configuration.mtd.channels = [16]
        #expect(throws: TrainingError.noSecondScale(model: configuration.name)) {
            try Whereabouts(untrained: 1, for: configuration)
        }
    }

    @Test("Buffers and primitives are constant once every shape was seen")
    func memory() throws {
        var workshop = try Workshop()
        workshop.recipe.steps = 1000
        // Each length is a shape of its own; with one, all shapes come soon.
        for i in workshop.recipe.mix.indices.dropFirst() { workshop.recipe.mix[i].frames = [4, 4] }
        let training = try workshop.training()
        @Sendable func here() -> [Int] {
            return [Engine.bytesHeld, Engine.current.primitives.count]
        }
        // Of the directing thread and of those that compute.
        func after(_ steps: Int) throws -> [[Int]] {
            for _ in 0..<steps { _ = try training.advance() }
            return try [here()] + training.team.map(training.team.size) { _ in here() }
        }
        let settled = try after(120)
        #expect(settled.count == 3 && settled.allSatisfy { $0[0] > 0 })
        let later = try after(60)
        #expect(later == settled)
    }

    @Test("Latents that are no number stop the training and leave the last checkpoint")
    func divergence() throws {
        var workshop = try Workshop()
        workshop.recipe.mix.removeAll(where: \.isStills)
        let run = try workshop.run()
        try run.run(while: { run.training.step < 4 }, report: { _ in })
        let kept = try workshop.bytes("checkpoint.safetensors")
        for (name, stride) in [("000000-4", 1), ("000001-4", 60)] {
            try workshop.shard("latents", name, frames: 4, stride: stride, seed: 4) { $0[5] = .nan }
        }
        let error = #expect(throws: TrainingError.self) {
            try workshop.run().run(report: { _ in })
        }
        guard case .diverged(let step, _, let checkpoint) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(step >= 4 && checkpoint.hasSuffix("checkpoint.safetensors"))
        #expect(try workshop.bytes("checkpoint.safetensors") == kept)
    }

    @Test("A loss that rises for good is divergence, one that varies is not")
    func rising() {
        var watch = DivergenceWatch()
        func step(_ loss: Double) -> String? { watch.problem(after: .init(loss: loss, parts: [], norm: 1, rate: 1)) }
        for i in 0..<300 { #expect(step(i.isMultiple(of: 2) ? 0.05 : 0.6) == nil) }
        #expect((0..<100).contains { _ in step(3) != nil })
    }

    @Test("Without shards of stills, frames of wide clips stand for them")
    func stillsOfClips() throws {
        let workshop = try Workshop()
        try FileManager.default.removeItem(at: workshop.directory.file("latents/000002-1.safetensors"))
        let library = try LatentLibrary(
            folder: workshop.directory.file("latents"), model: Model.load(directory: Workshop.tiny))
        for item in 0..<20 {
            var neighbours = RandomStream(seed: 1, purpose: 0, step: 0, item: 0)
            var random = RandomStream(seed: 1, purpose: 1, step: 0, item: item)
            let still = try library.excerpt(
                of: workshop.recipe.mix[0], frames: 1, neighbours: &neighbours, &random)
            #expect(still.latents.frames == 1 && still.prompts.count == 1 && still.stride == 60)
        }
    }

    @Test("What the mix asks for and the folder lacks is named")
    func missingKind() throws {
        var workshop = try Workshop()
        workshop.recipe.mix = [.init(strides: [7, 9], frames: [4, 4], known: .both, share: 1)]
        let error = #expect(throws: TrainingError.self) { try workshop.training().advance() }
        #expect(error?.description.contains("no clips of strides [7, 9] with at least 4 frames") == true)
    }

    @Test("Of a clip whose start is known, from the first on any number of frames is, up to half")
    func knownStart() throws {
        let workshop = try Workshop()
        let model = try Model.load(directory: Workshop.tiny)
        let library = try LatentLibrary(folder: workshop.directory.file("latents"), model: model)
        let examples = DenoiserExamples(
            recipe: workshop.recipe, configuration: model.configuration,
            tokenizer: model.configuration.text.tokenizer, schedule: model.schedule, library: library)
        let kind = DenoiserRecipe.Kind(strides: [1, 3], frames: [4, 4], known: .start, share: 1)
        let masks = try (0..<20).map { try #require(examples.example(kind, step: $0, place: 0).condition?.mask) }
        #expect(Set(masks) == [[1, 0, 0, 0], [1, 1, 0, 0]])
    }

    @Test("Latents of another size, and a folder without any, are refused by name")
    func wrongLatents() throws {
        let workshop = try Workshop()
        let model = try Model.load(directory: Workshop.tiny)
        try workshop.shard("latents", "000002-1", frames: 1, stride: 1, seed: 1, size: 5)
        let error = #expect(throws: TrainingError.self) { try workshop.training() }
        #expect(error?.description.contains("000002-1.safetensors: its latents are of [5, 5, 4]") == true)
        let empty = workshop.directory.url
        #expect(throws: TrainingError.noLatents(folder: empty.path)) {
            try LatentLibrary(folder: empty, model: model)
        }
        try workshop.shard("latents", "000002-1", frames: 1, stride: 1, seed: 1, encoder: "other")
        let other = #expect(throws: TrainingError.self) { try workshop.training() }
        #expect(
            other?.description.contains("000002-1.safetensors: its latents were made by another autoencoder") == true)
    }
}
