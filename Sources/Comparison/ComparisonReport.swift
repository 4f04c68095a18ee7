package import Evaluation
package import Foundation

/// What films by several schemes come to, of one model and the same scripts.
package struct ComparisonReport: Sendable, Codable {
    /// Films of one length by one scheme.
    package struct Entry: Sendable, Codable {
        package let scheme: String
        package let frames, films: Int
        /// Of one film: evaluations of the network, and those of them that no number of workers does at the same time.
        package let evaluations, criticalEvaluations: Int
        /// Of one film, by workers, from what one evaluation and one decode were measured to take.
        package let seconds: [Int: Double]
        package let rows: [EvaluationRow]

        package init(
            scheme: Scheme, frames: Int, films: Int, cost: Cost, times: (evaluation: Double, decode: Double),
            rows: [EvaluationRow]
        ) {
            (self.scheme, self.frames, self.films, self.rows) = (scheme.name, frames, films, rows)
            (evaluations, criticalEvaluations) = (cost.evaluations, cost.criticalEvaluations)
            seconds = Dictionary(
                uniqueKeysWithValues: ComparisonReport.workers.map {
                    ($0, cost.seconds(workers: $0, evaluation: times.evaluation, decode: times.decode))
                })
        }
    }

    package let model, hash, set: String
    /// Measured: seconds of one evaluation, and of the pictures of 16 frames.
    package let evaluation, decode: Double
    package let entries: [Entry]

    package static let workers = [1, 2, 16, 1024]

    package init(
        model: String, hash: String, set: String, evaluation: Double, decode: Double, entries: [Entry]
    ) {
        (self.model, self.hash, self.set) = (model, hash, set)
        (self.evaluation, self.decode, self.entries) = (evaluation, decode, entries)
    }

    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// A table a length in Markdown: a column a scheme, a row a figure, each with its interval; in the last column what the cartoon's own
    /// pictures come to, of other episodes where it is a distance.
    package var text: String {
        let lengths = entries.reduce(into: [Int]()) { if !$0.contains($1.frames) { $0.append($1.frames) } }
        let head =
            "\(model) (\(hash.prefix(12))), set \(set); an evaluation takes \(Self.duration(evaluation)), the pictures of 16 frames \(Self.duration(decode))\n"
        return head + lengths.map { length in "\n" + table(entries.filter { $0.frames == length }) }.joined()
    }

    private func table(_ entries: [Entry]) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        let first = entries[0]
        var text = "### \(first.frames) frames, \(first.films) films\n\n"
        text += line(["figure"] + entries.map(\.scheme) + ["cartoon"])
        text += line(Array(repeating: "---", count: entries.count + 2))
        let names = entries.flatMap(\.rows).reduce(into: [EvaluationRow]()) { rows, row in
            if !rows.contains(where: { $0.name == row.name }) { rows.append(row) }
        }
        for row in names {
            text += line(
                [row.name]
                    + entries.map { entry in entry.rows.first { $0.name == row.name }.map(Self.cell) ?? "-" }
                    + [row.ceiling.map(row.unit.text) ?? "-"])
        }
        text += line(["evaluations"] + entries.map { "\($0.evaluations)" } + [""])
        text += line(["of them one after the other"] + entries.map { "\($0.criticalEvaluations)" } + [""])
        for workers in Self.workers {
            text += line(
                [workers == 1 ? "time, 1 worker" : "time, \(workers) workers"]
                    + entries.map { $0.seconds[workers].map(Self.duration) ?? "-" } + [""])
        }
        return text
    }

    private static func cell(_ row: EvaluationRow) -> String {
        guard let estimate = row.estimate else { return "-" }
        let value = row.unit.text(estimate.value)
        guard let low = estimate.low, let high = estimate.high else { return value }
        return "\(value) (\(row.unit.text(low)) to \(row.unit.text(high)))"
    }

    private static func duration(_ seconds: Double) -> String {
        String(format: seconds < 10 ? "%.2f s" : "%.0f s", seconds)
    }
}
