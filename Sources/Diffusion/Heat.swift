import Foundation

/// A heat map: where in a picture, cell by cell, somebody of one name stands.
package enum Heat {
    /// A peak of at least this heat is somebody.
    private static let threshold: Float = 0.4
    /// Who is there twice stands at least so many cells apart; nearer peaks of one map are one figure.
    private static let reach = 2
    /// What is added to the network's logit, so that the maps of an untrained one are cold.
    package static let cold: Float = -4

    /// 0 to 1.
    package static func of(logit: Float) -> Float { 1 / (1 + exp(-(logit + cold))) }

    /// The cells at which somebody stands, of heats row by row.
    package static func peaks(_ heats: [Float], columns: Int) -> [Int] {
        heats.indices.filter { heats[$0] >= threshold && isPeak(heats, $0, columns) }
    }

    /// Whether nothing within reach is hotter; of equals the first is the peak.
    private static func isPeak(_ heats: [Float], _ cell: Int, _ columns: Int) -> Bool {
        let (row, column, rows) = (cell / columns, cell % columns, heats.count / columns)
        for y in max(0, row - reach)...min(rows - 1, row + reach) {
            for x in max(0, column - reach)...min(columns - 1, column + reach) {
                let other = y * columns + x
                if heats[other] > heats[cell] || (heats[other] == heats[cell] && other < cell) { return false }
            }
        }
        return true
    }
}
