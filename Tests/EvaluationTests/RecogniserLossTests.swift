import Cartoon
import Diffusion
import Foundation
import Pictures
import Testing

@testable import Evaluation

@Suite struct RecogniserLossTests {
    private let picture = Image(
        width: Recogniser.width, height: Recogniser.height,
        pixels: [UInt8](repeating: 90, count: Recogniser.width * Recogniser.height * 3))

    private func figure(_ name: CartoonCharacter, _ x: Double, visible: Bool = true) -> RecogniserExample.Figure {
        .init(truth: .init(name: name, x: x, y: 0.89, action: .wave, facing: .left), isVisible: visible)
    }

    @Test("The slope is that of the loss, by every channel of the maps")
    func slope() throws {
        let examples = [
            RecogniserExample(
                picture: picture, figures: [figure(.pim, 0.31), figure(.rok, 0.7), figure(.pim, 0.8)], place: .cave,
                time: nil, weather: .snow),
            RecogniserExample(
                picture: picture, figures: [figure(.bo, 0.5, visible: false)], place: .meadow, time: .night,
                weather: .clear),
        ]
        let loss = RecogniserLoss(recogniser: try Recogniser(untrained: 1))
        var random = RandomStream(seed: 1, purpose: 1, step: 0, item: 0)
        let count = examples.count * Recogniser.rows * Recogniser.columns * Recogniser.Channel.count
        var maps = random.normals(count)
        let slope = loss.error(maps, examples, 2).slope
        #expect(slope.contains { $0 != 0 })
        // Along random directions, so that every element takes part.
        for _ in 0..<8 {
            let direction = random.normals(count)
            let step: Float = 1e-3
            let middle = maps
            func value(_ factor: Float) -> Double {
                maps = zip(middle, direction).map { $0 + factor * $1 }
                return loss.error(maps, examples, 2).loss
            }
            let expected = (value(step) - value(-step)) / Double(2 * step)
            maps = middle
            let found = zip(slope, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(abs(found - expected) < 0.01 * abs(expected) + 1e-3, "\(found), by differences \(expected)")
        }
    }

    @Test("One who is hidden is neither learnt to be there nor to be away")
    func hidden() throws {
        let example = RecogniserExample(
            picture: picture, figures: [figure(.bo, 0.5, visible: false)], place: nil, time: nil, weather: nil)
        let loss = RecogniserLoss(recogniser: try Recogniser(untrained: 1))
        let cells = Recogniser.rows * Recogniser.columns
        let slope = loss.error([Float](repeating: 4, count: cells * Recogniser.Channel.count), [example], 1).slope
        let bo = CartoonCharacter.allCases.firstIndex(of: .bo)!
        func heat(row: Int, column: Int) -> Float {
            slope[(row * Recogniser.columns + column) * Recogniser.Channel.count + Recogniser.Channel.heat(bo)]
        }
        #expect(heat(row: 10, column: 10) == 0)
        #expect(heat(row: 10, column: 2) > 0)
    }
}
