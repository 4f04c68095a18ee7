import Cartoon
import Tensors
import Training

/// What the recogniser learns by: CenterNet's focal loss on the heat maps, and at each figure, and around it while that is near, what else
/// is told of it; of the whole picture, place, time and weather. The mean over pictures.
struct RecogniserLoss {
    let recogniser: Recogniser

    private enum Weight {
        static let offset: Float = 2
        static let setting: Float = 0.3
    }

    private static let grid = MapLoss.Grid(
        rows: Recogniser.rows, columns: Recogniser.columns, channels: Recogniser.Channel.count)

    /// - Parameters:
    ///   - parameters: by which gradients are wanted; none if only the loss is.
    ///   - batch: pictures of the whole batch, which the loss is a mean over.
    func piece(_ examples: [RecogniserExample], by parameters: [Parameter], batch: Int) -> LossPiece {
        let pixels = Recogniser.pixels(examples.map(\.picture))
        if parameters.isEmpty {
            return LossPiece(loss: error(recogniser.maps(pixels).values(), examples, batch).loss, gradients: [])
        }
        let (maps, tape) = Tape.record { recogniser.maps(pixels) }
        let (loss, slope) = error(maps.values(), examples, batch)
        let gradients = tape.backward(from: maps, seed: Tensor(slope, shape: maps.shape))
        return LossPiece(loss: loss, gradients: parameters.map { gradients[$0] })
    }

    /// The loss, and its gradient by the maps [N, 12, 20, channels].
    func error(_ maps: [Float], _ examples: [RecogniserExample], _ batch: Int) -> (loss: Double, slope: [Float]) {
        var sum = MapLoss(maps, on: Self.grid, share: 1 / Float(batch))
        for (picture, example) in examples.enumerated() {
            sum.picture = picture
            let weight = 1 / Float(max(1, example.figures.count))
            for (character, name) in CartoonCharacter.allCases.enumerated() {
                let own = example.figures.filter { $0.truth.name == name }
                sum.heat(
                    Recogniser.Channel.heat(character), seen: own.filter(\.isVisible).map { point($0.truth) },
                    hidden: own.filter { !$0.isVisible }.map { point($0.truth) }, weight: weight)
                for figure in own where figure.isVisible {
                    attributes(of: figure.truth, character, &sum, weight: weight)
                }
            }
            setting(example, &sum)
        }
        return (sum.loss, sum.slope)
    }

    private func point(_ figure: Sighting.Figure) -> MapLoss.Grid.Point { Self.grid.point(x: figure.x, y: figure.y) }

    /// Each of a figure's cells tells of it for itself, since later any of them may be the peak.
    private func attributes(of figure: Sighting.Figure, _ character: Int, _ sum: inout MapLoss, weight: Float) {
        let (point, offset) = (point(figure), Recogniser.Channel.offset(character))
        for (cell, share) in Self.grid.parts(near: point) {
            let weight = weight * share
            let distance = [point.x - Float(cell % Recogniser.columns), point.y - Float(cell / Recogniser.columns)]
            for (axis, distance) in distance.enumerated() {
                sum.square(offset + axis, of: cell, toward: distance, weight: weight * Weight.offset)
            }
            sum.attributes(
                looksRight: figure.facing == .right, Recogniser.Channel.facing(character),
                action: Action.allCases.firstIndex(of: figure.action)!, among: Recogniser.Channel.actions(character),
                at: [(cell, 1)], weight: weight)
        }
    }

    private func setting(_ example: RecogniserExample, _ sum: inout MapLoss) {
        choice(example.place, from: Recogniser.Channel.places, &sum)
        choice(example.time, from: Recogniser.Channel.times, &sum)
        choice(example.weather, from: Recogniser.Channel.weathers, &sum)
    }

    private func choice<Case: CaseIterable & Equatable>(_ right: Case?, from first: Int, _ sum: inout MapLoss) {
        guard let right else { return }
        let cells = (0..<Self.grid.cells).map { ($0, 1 / Float(Self.grid.cells)) }
        let all = Array(Case.allCases)
        sum.choice(
            all.firstIndex(of: right)!, among: first..<first + all.count, at: cells, weight: Weight.setting)
    }
}
