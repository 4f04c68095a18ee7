import Diffusion
import Foundation

/// The loss of maps that tell who is where in pictures, and its slope by each of their values: CenterNet's focal loss on heat (Zhou et al.
/// 2019), and cross-entropies and squares of what else is told, at the cells around a figure or of the whole picture. It is added to, picture
/// by picture and figure by figure.
package struct MapLoss {
    private let values: [Float]
    private let grid: Grid
    /// What one picture counts.
    private let share: Float
    /// The picture that is meant, of those that the maps tell of.
    package var picture = 0
    package private(set) var loss = 0.0
    /// Shaped like the maps.
    package private(set) var slope: [Float]

    /// Of facing and of action, beside the heat's.
    private static let attributeWeight: Float = 0.3
    /// So near to one who is hidden, nobody can tell whether somebody is there; in cells.
    private static let doubt: Float = 2

    /// - Parameter maps: [N, rows, columns, channels].
    package init(_ maps: [Float], on grid: Grid, share: Float) {
        (values, self.grid, self.share) = (maps, grid, share)
        slope = [Float](repeating: 0, count: maps.count)
    }

    // MARK: What adds up

    /// - Parameters:
    ///   - seen: where there is somebody of this channel.
    ///   - hidden: where there is one whom nobody can see.
    package mutating func heat(_ channel: Int, seen: [Grid.Point], hidden: [Grid.Point] = [], weight: Float) {
        let peaks = Set(seen.map(grid.peak))
        for cell in 0..<grid.cells {
            if hidden.contains(where: { grid.distance(cell, $0) < Self.doubt }) { continue }
            let logit = value(cell, channel) + Heat.cold
            let p = sigmoid(logit)
            if peaks.contains(cell) {
                let log = logSigmoid(logit)
                add(loss: -(1 - p) * (1 - p) * log, weight: weight)
                add(slope: (1 - p) * (1 - p) * (2 * p * log - (1 - p)), cell, channel, weight: weight)
            } else {
                let log = logSigmoid(-logit)
                let cold = pow(1 - seen.reduce(0) { max($0, grid.warmth(cell, $1)) }, 4)
                add(loss: -cold * p * p * log, weight: weight)
                add(slope: cold * p * p * (p - 2 * (1 - p) * log), cell, channel, weight: weight)
            }
        }
    }

    /// Whether somebody looks to the right, and what he does: `action` counts from the first of the channels `actions`.
    package mutating func attributes(
        looksRight: Bool, _ facing: Int, action: Int, among actions: Range<Int>, at cells: [Grid.Part], weight: Float
    ) {
        let weight = weight * Self.attributeWeight
        let logit = mean(facing, at: cells)
        add(loss: -logSigmoid(looksRight ? logit : -logit), weight: weight)
        add(slope: sigmoid(logit) - (looksRight ? 1 : 0), facing, at: cells, weight: weight)
        choice(action, among: actions, at: cells, weight: weight)
    }

    /// - Parameter right: counts from the first of the channels.
    package mutating func choice(_ right: Int, among channels: Range<Int>, at cells: [Grid.Part], weight: Float) {
        let logits = channels.map { mean($0, at: cells) }
        let most = logits.max()!
        let powers = logits.map { exp($0 - most) }
        let total = powers.reduce(0, +)
        add(loss: log(total) + most - logits[right], weight: weight)
        for (i, channel) in channels.enumerated() {
            add(slope: powers[i] / total - (i == right ? 1 : 0), channel, at: cells, weight: weight)
        }
    }

    /// The square of how far a value is off.
    package mutating func square(_ channel: Int, of cell: Int, toward target: Float, weight: Float) {
        let difference = value(cell, channel) - target
        add(loss: difference * difference, weight: weight)
        add(slope: 2 * difference, cell, channel, weight: weight)
    }

    // MARK: Cells

    private func place(_ cell: Int, _ channel: Int) -> Int {
        (picture * grid.cells + cell) * grid.channels + channel
    }

    private func value(_ cell: Int, _ channel: Int) -> Float { values[place(cell, channel)] }

    private func mean(_ channel: Int, at cells: [Grid.Part]) -> Float {
        cells.reduce(0) { $0 + $1.share * value($1.cell, channel) }
    }

    private mutating func add(loss: Float, weight: Float) { self.loss += Double(loss * weight * share) }

    private mutating func add(slope: Float, _ cell: Int, _ channel: Int, weight: Float) {
        self.slope[place(cell, channel)] += slope * weight * share
    }

    private mutating func add(slope: Float, _ channel: Int, at cells: [Grid.Part], weight: Float) {
        for (cell, part) in cells { add(slope: slope * part, cell, channel, weight: weight) }
    }

    /// The cells of a picture, row by row, and what each has.
    package struct Grid: Sendable {
        let rows, columns, channels: Int

        package init(rows: Int, columns: Int, channels: Int) {
            (self.rows, self.columns, self.channels) = (rows, columns, channels)
        }

        package var cells: Int { rows * columns }

        /// In cells; whole numbers are the middles of cells.
        package struct Point { package let x, y: Float }
        /// A cell, and its share of what several tell.
        package typealias Part = (cell: Int, share: Float)

        /// How far a figure warms the cells around it.
        private static let spread: Float = 0.8
        /// As far as this from a figure its cells tell of it.
        private static let near: Float = 1.1

        /// - Parameters: fractions of the picture's width and height, from the top left.
        package func point(x: Double, y: Double) -> Point {
            Point(x: Float(x * Double(columns) - 0.5), y: Float(y * Double(rows) - 0.5))
        }

        func distance(_ cell: Int, _ point: Point) -> Float {
            hypot(Float(cell % columns) - point.x, Float(cell / columns) - point.y)
        }

        func warmth(_ cell: Int, _ point: Point) -> Float {
            let distance = distance(cell, point)
            return exp(-distance * distance / (2 * Self.spread * Self.spread))
        }

        /// The cell that a point is in, or that is nearest to one outside of the picture. Between two cells the even one, as for the twin.
        func peak(_ point: Point) -> Int {
            func nearest(_ place: Float, of count: Int) -> Int {
                min(count - 1, max(0, Int(place.rounded(.toNearestOrEven))))
            }
            return nearest(point.y, of: rows) * columns + nearest(point.x, of: columns)
        }

        /// The cells that tell of somebody; none of one who is well outside of the picture.
        package func parts(near point: Point) -> [Part] {
            let cells = (0..<cells).filter { distance($0, point) < Self.near }
            let total = cells.reduce(0) { $0 + warmth($1, point) }
            return cells.map { ($0, warmth($0, point) / total) }
        }
    }
}

private func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

/// Exact also where the sigmoid is too near to 0 or 1.
private func logSigmoid(_ x: Float) -> Float { min(x, 0) - log1p(exp(-abs(x))) }
