import Cartoon
import Corpora
import Diffusion
import Foundation
import Models
import Pictures
import Testing

@testable import Evaluation
@testable import Training

@Suite struct RecogniserExampleTests {
    private func examples(spliced: Double = 0, blurred: Double = 0) throws -> [RecogniserExample] {
        let tiny = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/models/tiny")
        let examples = RecogniserExamples(
            recipe: .small(spliced: spliced, blurred: blurred), split: .training,
            decoder: try Model.load(directory: tiny))
        return try (0..<12).flatMap { try examples.examples(step: 0, group: $0) }
    }

    @Test("Pictures are as the cartoon draws them, with who is in them")
    func drawn() throws {
        let drawn = try examples()
        #expect(Set(drawn.map(\.figures.count)) == [1, 2, 3])
        #expect(drawn.allSatisfy { $0.place != nil && $0.time != nil && $0.weather != nil })
        let (again, blurred) = (try examples(), try examples(blurred: 1))
        #expect(zip(drawn, again).allSatisfy { $0.picture == $1.picture })
        #expect(zip(drawn, blurred).allSatisfy { $0.picture != $1.picture })
    }

    @Test("Pictures that a decoder draws larger are as small as the others again")
    func largerDecoder() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let cartoon = try Model.load(directory: root.appending(path: "models/cartoon"))
        var recipe = RecogniserRecipe.small()
        recipe.pictures.decoded = 1
        let factor = cartoon.configuration.vae.enlargement == 1 ? 2 : 1
        let examples = try RecogniserExamples(
            recipe: recipe, split: .training, decoder: Model(cartoon, enlargedBy: factor)
        ).examples(step: 0, group: 0)
        #expect(examples.allSatisfy { ($0.picture.width, $0.picture.height) == (160, 96) })
    }

    @Test("Spliced pictures show one who is there twice")
    func spliced() throws {
        let spliced = try examples(spliced: 1)
        let doubled = spliced.contains { example in
            Set(example.figures.map(\.truth.name)).count < example.figures.count
        }
        #expect(doubled)
        #expect(spliced.contains { $0.place == nil })
    }

    @Test("Blurring spreads a pixel as 1 2 1 in both directions, and keeps what is even")
    func blur() {
        let even = Image(width: 5, height: 4, pixels: [UInt8](repeating: 77, count: 60))
        #expect(even.blurred(times: 3) == even)
        var dot = Image(width: 3, height: 3, pixels: [UInt8](repeating: 0, count: 27))
        dot.pixels[12] = 160
        let red = stride(from: 0, to: 27, by: 3).map { Int(dot.blurred(times: 1).pixels[$0]) }
        #expect(red == [10, 20, 10, 20, 40, 20, 10, 20, 10])
    }
}

extension RecogniserRecipe {
    static func small(spliced: Double = 0.5, blurred: Double = 0.5) -> RecogniserRecipe {
        RecogniserRecipe(
            stage: .recogniser, steps: 4, batch: 4, seed: 3,
            optimiser: .init(rate: 1e-3, warmUp: 1, final: 0.1, decay: 0.01, clip: 1, average: 0.9),
            pictures: .init(decoded: 0, spliced: spliced, blurred: blurred))
    }
}
