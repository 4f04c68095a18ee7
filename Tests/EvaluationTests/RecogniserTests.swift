import Cartoon
import Corpora
import Diffusion
import Foundation
import Pictures
import TestSupport
import Testing
import Training

@testable import Evaluation

@Suite struct RecogniserTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let tiny = root.appending(path: "Tests/Fixtures/models/tiny")

    @Test("Interrupted and resumed training ends with the same bytes, with whatever number of threads")
    func resumed() throws {
        func checkpoint(interruptedAfter: Int?, threads: Int) throws -> Data {
            let directory = try TemporaryDirectory()
            func run() throws -> TrainingRun {
                let training = try RecogniserTraining(
                    .small(), decoder: Model.load(directory: Self.tiny), threads: threads)
                return try TrainingRun(training, work: directory.file("work"))
            }
            if let interruptedAfter {
                let run = try run()
                try run.run(while: { run.training.step < interruptedAfter }, report: { _ in })
                #expect(run.training.step == interruptedAfter)
            }
            let run = try run()
            try run.run(report: { _ in })
            #expect(run.training.step == 4)
            _ = try Recogniser(directory: directory.file("work/best"))
            return try Data(contentsOf: run.checkpoint)
        }
        let whole = try checkpoint(interruptedAfter: nil, threads: 1)
        #expect(try checkpoint(interruptedAfter: 2, threads: 2) == whole)
    }

    @Test("The recipe that is shipped can be read, and one with a wrong batch is refused by name")
    func recipe() throws {
        let file = Self.root.appending(path: "etc/nuwa/training/recogniser.toml")
        let recipe = try RecogniserRecipe.read(file)
        #expect(recipe.stage == .recogniser && recipe.steps > 0)
        let text = try String(contentsOf: file, encoding: .utf8)
            .replacingOccurrences(of: "batch = \(recipe.batch)", with: "batch = 30")
        let error = #expect(throws: RecipeError.self) { try RecogniserRecipe(toml: text, file: "r.toml") }
        #expect(error?.description.contains("batch: should be a multiple of 4") == true)
    }
}
