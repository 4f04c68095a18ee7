import Files
import Foundation

/// A CSV file with a row a stretch of steps. Rows of steps that come again after an interruption are cut off, so that each step is told
/// of once.
struct TrainingLog {
    struct Row {
        var step: Int
        /// The mean since the last row.
        var loss: Double
        /// The same of what is told apart of it, in the order of the columns.
        var parts: [Double]
        /// In the order of the columns; nil where nothing was measured.
        var heldOut: [Double?]?
        var rate, norm, secondsPerStep: Double
    }

    private let url: URL
    private let heldOut: [String]

    /// - Parameters:
    ///   - parts: the columns of what is told apart of the loss.
    ///   - heldOut: the columns of what is measured beside the loss.
    ///   - step: rows of later steps are dropped.
    init(_ url: URL, parts: [String], heldOut: [String], upTo step: Int) throws {
        self.url = url
        self.heldOut = heldOut
        let columns = ["step", "loss"] + parts + heldOut + ["rate", "norm", "seconds_per_step"]
        let header = columns.joined(separator: ",") + "\n"
        let lines = try Self.text(url).split(separator: "\n").dropFirst()
        let kept = lines.filter { (Int($0.prefix { $0 != "," }) ?? .max) <= step }
        try DurableFile.write(Data((header + kept.map { $0 + "\n" }.joined()).utf8), to: url)
    }

    /// The columns, each with its rows' steps.
    func curves() throws -> [(name: String, points: [(x: Double, y: Double)])] {
        let lines = try Self.text(url).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let header = lines.first else { return [] }
        return header.indices.dropFirst().map { column in
            (
                header[column],
                lines.dropFirst().compactMap { fields in
                    guard column < fields.count, let x = Double(fields[0]), let y = Double(fields[column]) else {
                        return nil
                    }
                    return (x, y)
                }
            )
        }
    }

    private static func text(_ url: URL) throws(SystemError) -> String {
        do {
            return String(decoding: try WholeFile.read(url), as: UTF8.self)
        } catch  where error.code == ENOENT {
            return ""
        }
    }

    func append(_ row: Row) throws {
        func text(_ value: Double?) -> String { value.map { String(format: "%.6g", $0) } ?? "" }
        let measured = row.heldOut ?? heldOut.map { _ in nil }
        let values = [row.loss] + row.parts + measured + [row.rate, row.norm, row.secondsPerStep]
        let fields = [String(row.step)] + values.map(text)
        let file = try FileHandle(forWritingTo: url)
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data((fields.joined(separator: ",") + "\n").utf8))
    }
}
