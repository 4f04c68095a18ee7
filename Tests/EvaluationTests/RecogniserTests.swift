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
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let tiny = root.appending(path: "Tests/Fixtures/models/tiny")

    @Test("The shipped one reads the cartoon's own pictures right, but for hidden figures")
    func shipped() throws {
        let recogniser = try Recogniser(directory: Self.root.appending(path: "models/recogniser"))
        let rows = try RecogniserTable.rows(recogniser, split: .test, count: 60)
        let values = Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.estimate?.value ?? 0) })
        #expect(try #require(values["recogniser: exact cast, nobody hidden"]) >= 0.95)
        #expect(try #require(values["recogniser: place"]) == 1)
        #expect(try #require(values["recogniser: action"]) >= 0.9)
    }

    @Test("Interrupted and resumed training ends with the same bytes, with whatever number of threads")
    func resumed() throws {
        func checkpoint(interruptedAfter: Int?, threads: Int) throws -> Data {
            let directory = try TemporaryDirectory()
            func run() throws -> TrainingRun {
                let training = try RecogniserTraining(
                    .small(), decoder: Model.load(directory: Self.tiny), threads: threads)
                return try TrainingRun(
                    training, work: directory.file("work"), every: .init(log: 50, checkpoint: 500, heldOut: 500))
            }
            if let interruptedAfter {
                let run = try run()
                try run.run(while: { run.training.step < interruptedAfter }, report: { _ in })
                #expect(run.training.step == interruptedAfter)
            }
            let run = try run()
            try run.run(while: { true }, report: { _ in })
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
