package import Corpora
package import Foundation
import JSON
import Models
package import Pictures
import Terminal
import Training

/// One measure of a table.
package struct EvaluationRow: Sendable, Codable {
    package enum Unit: String, Sendable, Codable {
        /// 0 to 1, told in percent.
        case share
        case number
        case decibel
        /// Of features: less is nearer, and the unit says nothing by itself.
        case distance

        package func text(_ value: Double) -> String {
            switch self {
            case .share: String(format: "%.1f %%", 100 * value)
            case .number: String(format: "%.3f", value)
            case .decibel: String(format: "%.2f dB", value)
            case .distance: String(format: "%.4f", value)
            }
        }
    }

    package let name: String
    package let unit: Unit
    /// nil where nothing was there to measure.
    package let estimate: Estimate?
    /// The same of the cartoon's own pictures, as the recogniser reads them: no film can come to more. Of a distance, what other episodes of the
    /// cartoon come to in the films' place.
    package let ceiling: Double?
    /// Frames, figures of characters or pairs of frames that it is a mean over, and of how many films.
    package let count, films: Int
    /// What the default model should come to; nil where there is no target.
    package let target: String?

    package init(
        name: String, unit: Unit, estimate: Estimate?, ceiling: Double? = nil, count: Int, films: Int,
        target: String? = nil
    ) {
        (self.name, self.unit, self.estimate, self.ceiling) = (name, unit, estimate, ceiling)
        (self.count, self.films, self.target) = (count, films, target)
    }
}

/// All that an evaluation found.
package struct EvaluationReport: Sendable, Codable {
    /// The model's name and hash.
    package let model, hash: String
    /// Whose episodes it was measured on.
    package let split: Split
    package let rows: [EvaluationRow]
    package let heldOut: HeldOutTable

    package init(model: String, hash: String, split: Split, rows: [EvaluationRow], heldOut: HeldOutTable) {
        (self.model, self.hash, self.split, self.rows, self.heldOut) = (model, hash, split, rows, heldOut)
    }

    package func json() throws -> Data { try ReportJSON.encode(self) }

    package var text: String {
        let widths = [46, 10, 17, 10, 8, 6]
        func line(_ cells: [String]) -> String {
            zip(cells, widths + [0]).map { $0.padded(to: $1) }.joined(separator: " ").trimmingCharacters(
                in: .whitespaces)
        }
        let lines = rows.map { row in
            let interval = row.estimate.flatMap { estimate in
                estimate.low.flatMap { low in estimate.high.map { "\(row.unit.text(low)) - \(row.unit.text($0))" } }
            }
            return line([
                row.name, row.estimate.map { row.unit.text($0.value) } ?? "-", interval ?? "-",
                row.ceiling.map(row.unit.text) ?? "-", String(row.count), String(row.films), row.target ?? "",
            ])
        }
        return
            ([
                "\(model) (\(hash.prefix(12))), \(split) split", "",
                line(["measure", "value", "95 % interval", "cartoon", "n", "films", "target"]),
            ] + lines + ["", HeldOutTable.Row.header] + heldOut.rows.map(\.line)).joined(separator: "\n") + "\n"
    }

    /// The shares as dots with their intervals, and a bar for what the cartoon itself comes to.
    package func plot() throws -> Image {
        let rows = rows.filter { $0.unit == .share }.compactMap { row in
            row.estimate.map {
                DotPlot.Row(
                    label: row.name, value: $0.value, low: $0.low, high: $0.high, mark: row.ceiling)
            }
        }
        let wins = heldOut.rows.compactMap { row in
            row.wins.map {
                DotPlot.Row(
                    label: "beats a swapped name: stride \(row.kind.strides[0])-\(row.kind.strides[1]), "
                        + "\(row.kind.known.rawValue) known, t = \(row.timestep)",
                    value: $0, low: nil, high: nil, mark: nil)
            }
        }
        return try DotPlot(title: "\(model), \(split) split", rows: rows + wins).image()
    }
}
