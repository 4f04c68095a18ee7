import Foundation
import Pictures
import Tensors
import TestSupport
import Testing

@testable import Training

/// What a training comes to depends on its recipe, its start and its latents, and on nothing else.
@Suite struct ResumeTests {
    /// The checkpoint of a training that is interrupted after each of `steps`.
    ///
    /// - Parameter asks: whether it asks who is where.
    private func checkpoint(interruptedAfter steps: [Int] = [], threads: Int = 2, asks: Bool = false) throws -> Data {
        var workshop = try Workshop()
        workshop.threads = threads
        if asks { try workshop.ask() }
        for step in steps {
            let run = try workshop.run()
            try run.run(while: { run.training.step < step }, report: { _ in })
            #expect(run.training.step == step)
        }
        try workshop.run().run(report: { _ in })
        return try workshop.bytes("checkpoint.safetensors")
    }

    @Test("Interrupted and resumed training ends with the same bytes")
    func resumed() throws {
        let whole = try checkpoint()
        #expect(try checkpoint(interruptedAfter: [3, 4, 9]) == whole)
    }

    @Test("The number of threads leaves no trace")
    func threads() throws {
        #expect(try checkpoint(threads: 1) == checkpoint(threads: 2))
    }

    @Test("Interrupted and resumed, a training that asks who is where ends with the same bytes")
    func resumedAsking() throws {
        let whole = try checkpoint(asks: true)
        #expect(try checkpoint(interruptedAfter: [3, 4, 9], threads: 1, asks: true) == whole)
    }

    @Test("The checkpoint of a training that asks nobody is refused by one that does, and opens where none asks")
    func askedLater() throws {
        var workshop = try Workshop()
        let run = try workshop.run()
        try run.run(while: { run.training.step < 4 }, report: { _ in })
        #expect(try SafetensorsFile(run.checkpoint).names.allSatisfy { !$0.contains("whereabouts") })
        #expect(try workshop.run().training.step == 4)
        try workshop.ask()
        let error = #expect(throws: TrainingError.self) { try workshop.run() }
        #expect(error?.description.contains("it belongs to another model or recipe") == true)
    }

    @Test("Another seed, another result")
    func seed() throws {
        var workshop = try Workshop()
        try workshop.run().run(report: { _ in })
        let first = try workshop.bytes("checkpoint.safetensors")
        workshop = try Workshop()
        workshop.recipe.seed += 1
        try workshop.run().run(report: { _ in })
        #expect(try workshop.bytes("checkpoint.safetensors") != first)
    }

    @Test("The log tells of each step once, also after a kill between checkpoints")
    func log() throws {
        let workshop = try Workshop()
        let run = try workshop.run()
        try run.run(while: { run.training.step < 4 }, report: { _ in })
        let kept = try workshop.bytes("checkpoint.safetensors")
        try run.run(while: { run.training.step < 7 }, report: { _ in })
        // As if the process had died after step 7, before its next checkpoint.
        try kept.write(to: run.checkpoint)
        try workshop.run().run(report: { _ in })
        let lines = String(decoding: try workshop.bytes("log.csv"), as: UTF8.self).split(separator: "\n")
        #expect(lines.dropFirst().map { $0.prefix { $0 != "," } } == ["2", "4", "6", "8", "10", "12"])
        let heldOut = lines.dropFirst().map { !$0.split(separator: ",", omittingEmptySubsequences: false)[2].isEmpty }
        #expect(heldOut == [false, true, false, true, false, true])
        #expect(try Image(png: workshop.bytes("curves.png"), called: "curves.png").width == 760)
        #expect(try Image(png: workshop.bytes("samples.png"), called: "samples.png").width == 32)
    }

    @Test("A checkpoint of another model is refused by name")
    func otherModel() throws {
        let workshop = try Workshop()
        let training = try workshop.training()
        let url = workshop.directory.file("checkpoint")
        var file = SafetensorsWriter(metadata: ["format": "nuwa training 1", "step": "3", "updates": "{}"])
        file.add("weights.mtd.conv_in.weight", shape: [1], values: [1])
        try file.data().write(to: url)
        #expect(throws: TrainingError.self) { try training.restore(from: url) }
        #expect(training.step == 0)
    }
}
