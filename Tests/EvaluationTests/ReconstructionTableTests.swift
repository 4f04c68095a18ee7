import Corpora
import Diffusion
import Foundation
import Pictures
import Testing

@testable import Evaluation

@Suite struct ReconstructionTableTests {
    private func rows(_ name: String) throws -> [EvaluationRow] {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/models")
        return try ReconstructionTable.rows(
            Model.load(directory: fixtures.appending(path: name)), split: .validation)
    }

    @Test("Pictures are compared at the size at which they enter and, where they leave at another, at that as well")
    func sizes() throws {
        #expect(
            try rows("tiny").map(\.name) == ["reconstruction, single pictures", "reconstruction, clips of 16"])
        let larger = try rows("tiny-extended")
        #expect(
            larger.map(\.name) == [
                "reconstruction, single pictures", "reconstruction, single pictures, 64x64",
                "reconstruction, clips of 16", "reconstruction, clips of 16, 64x64",
            ])
        #expect(larger.map { $0.target == nil } == [false, true, false, true])
        // Its weights are random, and what differs from pixel to pixel there is lost when they are reduced.
        let values = try larger.map { try #require($0.estimate?.value) }
        #expect(values[0] > values[1] && values[2] > values[3])
    }
}
