import Cartoon
import Foundation
import Tensors
import Training

/// What the recogniser learns by: CenterNet's focal loss on the heat maps, and at each figure, and around it while that is near, what else
/// is told of it; of the whole picture, place, time and weather. The mean over pictures.
struct RecogniserLoss {
    let recogniser: Recogniser

    private enum Weight {
        static let offset: Float = 2
        static let facing: Float = 0.3
        static let action: Float = 0.3
        static let setting: Float = 0.3
    }

    /// How far a figure warms the cells around it, in cells.
    private static let spread: Float = 0.8
    /// As far as this from a figure its cells tell of it, in cells.
    private static let near: Float = 1.1

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
        var sum = Sum(maps: maps)
        for (i, example) in examples.enumerated() {
            sum.start = i * Recogniser.rows * Recogniser.columns * Recogniser.Channel.count
            sum.share = 1 / Float(batch)
            for character in CartoonCharacter.allCases.indices {
                heat(of: character, example, &sum)
            }
            for figure in example.figures where figure.isVisible { attributes(of: figure.truth, example, &sum) }
            setting(example, &sum)
        }
        return (sum.loss, sum.slope)
    }

    /// What adds up, and where.
    private struct Sum {
        let maps: [Float]
        /// Where the picture's maps begin.
        var start = 0
        /// What one picture counts.
        var share: Float = 1
        private(set) var loss = 0.0
        private(set) var slope: [Float]

        init(maps: [Float]) {
            self.maps = maps
            slope = [Float](repeating: 0, count: maps.count)
        }

        private func place(_ cell: Int, _ channel: Int) -> Int { start + cell * Recogniser.Channel.count + channel }

        func value(_ cell: Int, _ channel: Int) -> Float { maps[place(cell, channel)] }

        mutating func add(loss: Float, weight: Float) { self.loss += Double(loss * weight * share) }

        mutating func add(slope: Float, _ cell: Int, _ channel: Int, weight: Float) {
            self.slope[place(cell, channel)] += slope * weight * share
        }
    }

    /// Where a figure's point is, in cells: whole numbers are the middles of cells.
    private func point(_ figure: Sighting.Figure) -> (x: Float, y: Float) {
        (Float(figure.x) * Float(Recogniser.columns) - 0.5, Float(figure.y) * Float(Recogniser.rows) - 0.5)
    }

    private func cell(at point: (x: Float, y: Float)) -> Int {
        let column = min(Recogniser.columns - 1, max(0, Int(point.x.rounded())))
        return min(Recogniser.rows - 1, max(0, Int(point.y.rounded()))) * Recogniser.columns + column
    }

    private func distance(_ cell: Int, _ point: (x: Float, y: Float)) -> Float {
        hypot(Float(cell % Recogniser.columns) - point.x, Float(cell / Recogniser.columns) - point.y)
    }

    private func warmth(_ distance: Float) -> Float { exp(-distance * distance / (2 * Self.spread * Self.spread)) }

    private func heat(of character: Int, _ example: RecogniserExample, _ sum: inout Sum) {
        let name = CartoonCharacter.allCases[character]
        let figures = example.figures.filter { $0.truth.name == name }
        let seen = figures.filter(\.isVisible).map { point($0.truth) }
        let hidden = figures.filter { !$0.isVisible }.map { point($0.truth) }
        let peaks = Set(seen.map(cell))
        let channel = Recogniser.Channel.heat(character)
        let weight = 1 / Float(max(1, example.figures.count))
        for cell in 0..<Recogniser.rows * Recogniser.columns {
            // Nobody can tell whether one who is hidden is there.
            if hidden.contains(where: { distance(cell, $0) < 2 }) { continue }
            let p = sigmoid(sum.value(cell, channel) + Recogniser.Channel.cold)
            let slope: Float
            if peaks.contains(cell) {
                let log = Foundation.log(max(p, 1e-7))
                sum.add(loss: -(1 - p) * (1 - p) * log, weight: weight)
                slope = (1 - p) * (1 - p) * (2 * p * log - (1 - p))
            } else {
                let warmth = seen.map { self.warmth(distance(cell, $0)) }.max() ?? 0
                let log = Foundation.log(max(1 - p, 1e-7))
                let cold = pow(1 - warmth, 4)
                sum.add(loss: -cold * p * p * log, weight: weight)
                slope = cold * p * p * (p - 2 * (1 - p) * log)
            }
            sum.add(slope: slope, cell, channel, weight: weight)
        }
    }

    private func attributes(of figure: Sighting.Figure, _ example: RecogniserExample, _ sum: inout Sum) {
        let character = CartoonCharacter.allCases.firstIndex(of: figure.name)!
        let point = point(figure)
        let cells = (0..<Recogniser.rows * Recogniser.columns).filter { distance($0, point) < Self.near }
        let total = cells.reduce(Float(0)) { $0 + warmth(distance($1, point)) } * Float(example.figures.count)
        for cell in cells {
            let weight = warmth(distance(cell, point)) / total
            let offset = Recogniser.Channel.offset(character)
            for (axis, target) in [
                point.x - Float(cell % Recogniser.columns), point.y - Float(cell / Recogniser.columns),
            ].enumerated() {
                let difference = sum.value(cell, offset + axis) - target
                sum.add(loss: difference * difference, weight: weight * Weight.offset)
                sum.add(slope: 2 * difference, cell, offset + axis, weight: weight * Weight.offset)
            }
            let facing = Recogniser.Channel.facing(character)
            let right = sigmoid(sum.value(cell, facing))
            let looksRight: Float = figure.facing == .right ? 1 : 0
            sum.add(
                loss: -log(max(1e-7, looksRight * right + (1 - looksRight) * (1 - right))),
                weight: weight * Weight.facing)
            sum.add(slope: right - looksRight, cell, facing, weight: weight * Weight.facing)

            let actions = Recogniser.Channel.actions(character)
            let shares = softmax(actions.map { sum.value(cell, $0) })
            let action = Action.allCases.firstIndex(of: figure.action)!
            sum.add(loss: -log(max(1e-7, shares[action])), weight: weight * Weight.action)
            for (i, channel) in actions.enumerated() {
                sum.add(slope: shares[i] - (i == action ? 1 : 0), cell, channel, weight: weight * Weight.action)
            }
        }
    }

    private func setting(_ example: RecogniserExample, _ sum: inout Sum) {
        choice(
            example.place.map { Place.allCases.firstIndex(of: $0)! }, Recogniser.Channel.places, Place.allCases.count,
            &sum)
        choice(
            example.time.map { DayTime.allCases.firstIndex(of: $0)! }, Recogniser.Channel.times, DayTime.allCases.count,
            &sum)
        choice(
            example.weather.map { Weather.allCases.firstIndex(of: $0)! }, Recogniser.Channel.weathers,
            Weather.allCases.count, &sum)
    }

    private func choice(_ right: Int?, _ first: Int, _ count: Int, _ sum: inout Sum) {
        guard let right else { return }
        let cells = Recogniser.rows * Recogniser.columns
        let means = (first..<first + count).map { channel in
            (0..<cells).reduce(Float(0)) { $0 + sum.value($1, channel) } / Float(cells)
        }
        let shares = softmax(means)
        sum.add(loss: -log(max(1e-7, shares[right])), weight: Weight.setting)
        for i in 0..<count {
            let slope = (shares[i] - (i == right ? 1 : 0)) / Float(cells)
            for cell in 0..<cells { sum.add(slope: slope, cell, first + i, weight: Weight.setting) }
        }
    }

    private func softmax(_ logits: [Float]) -> [Float] {
        let most = logits.max()!
        let shares = logits.map { exp($0 - most) }
        let total = shares.reduce(0, +)
        return shares.map { $0 / total }
    }
}

func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
