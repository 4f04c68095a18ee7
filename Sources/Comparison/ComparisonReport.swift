package import Corpora
package import Evaluation
package import Foundation
import JSON
package import Models
import Terminal

/// What films by several schemes come to, of one model and the same scripts.
package struct ComparisonReport: Sendable, Codable {
    /// Films of one length by one scheme.
    package struct Entry: Sendable, Codable {
        package let scheme: String
        package let frames, films: Int
        /// Of one film: evaluations of the network; what these come to in evaluations of its longest clips; and steps that no number of
        /// workers does at the same time.
        package let evaluations, wholeEvaluations, criticalSteps: Int
        /// Of one film, by workers: simulated.
        package let seconds: [Int: Double]
        package let rows: [EvaluationRow]

        package init(scheme: Scheme, frames: Int, films: Int, cost: Cost, pace: Cost.Pace, rows: [EvaluationRow]) {
            (self.scheme, self.frames, self.films, self.rows) = (scheme.name, frames, films, rows)
            evaluations = cost.evaluations
            wholeEvaluations = Int(cost.evaluations(ofFrames: pace.frames).rounded())
            criticalSteps = cost.criticalSteps
            seconds = Dictionary(
                uniqueKeysWithValues: ComparisonReport.workers.map { ($0, cost.seconds(workers: $0, pace: pace)) })
        }
    }

    package let model, hash, recogniser: String
    package let split: Split
    /// What clips are worth whose start is known.
    package let continuation: ModelConfiguration.Sampling.Effort
    package let pace: Cost.Pace
    package let entries: [Entry]

    package static let workers = [1, 2, 16, 1024]

    package init(
        model: String, hash: String, recogniser: String, split: Split,
        continuation: ModelConfiguration.Sampling.Effort, pace: Cost.Pace, entries: [Entry]
    ) {
        (self.model, self.hash, self.recogniser, self.split) = (model, hash, recogniser, split)
        (self.continuation, self.pace, self.entries) = (continuation, pace, entries)
    }

    package func json() throws -> Data { try ReportJSON.encode(self) }

    /// A table a length in Markdown: a column a scheme, a row a measure with its interval; in the last column what the cartoon's own pictures
    /// come to.
    package var text: String {
        let lengths = entries.reduce(into: [Int]()) { if !$0.contains($1.frames) { $0.append($1.frames) } }
        let known =
            "\(continuation.steps) steps of \(continuation.sampler?.rawValue ?? "the model's sampler"), guidance \(continuation.guidance)"
        let head = """
            Model \(model) (\(hash.prefix(12))), recogniser \(recogniser.prefix(12)), \(split) split. Clips whose start is known: \(known). In the last
            column distances are those of other true episodes, in the films' place. Times are simulated: \(millisecondsText(pace.evaluation)) for an
            evaluation of \(pace.frames) frames and \(millisecondsText(pace.decode)) for their pictures, measured on one worker; each clip is one worker's.

            """
        return head + lengths.map { length in "\n" + table(entries.filter { $0.frames == length }) }.joined()
    }

    private func table(_ entries: [Entry]) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        let first = entries[0]
        var text = "### \(first.frames) frames, \(first.films) films\n\n"
        text += line(["measure"] + entries.map(\.scheme) + ["cartoon"])
        text += line(Array(repeating: "---", count: entries.count + 2))
        let rows = entries.flatMap(\.rows).reduce(into: [EvaluationRow]()) { rows, row in
            if !rows.contains(where: { $0.name == row.name }) { rows.append(row) }
        }
        for row in rows {
            text += line(
                [row.name]
                    + entries.map { entry in entry.rows.first { $0.name == row.name }.map(Self.cell) ?? "-" }
                    + [row.ceiling.map(row.unit.text) ?? "-"])
        }
        text += line(["evaluations"] + entries.map { "\($0.evaluations)" } + [""])
        text += line(["the same, of \(pace.frames) frames"] + entries.map { "\($0.wholeEvaluations)" } + [""])
        text += line(["steps one after the other"] + entries.map { "\($0.criticalSteps)" } + [""])
        for workers in Self.workers {
            text += line(
                ["time, \(workers == 1 ? "1 worker" : "\(workers) workers"), simulated"]
                    + entries.map { $0.seconds[workers].map(lengthText(seconds:)) ?? "-" } + [""])
        }
        return text
    }

    private static func cell(_ row: EvaluationRow) -> String {
        guard let estimate = row.estimate else { return row.unit == .distance ? "too few (\(row.count))" : "-" }
        let value = row.unit.text(estimate.value)
        guard let low = estimate.low, let high = estimate.high else { return value }
        return "\(value) (\(row.unit.text(low)) to \(row.unit.text(high)))"
    }
}
