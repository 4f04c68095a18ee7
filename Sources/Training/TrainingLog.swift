import Foundation

/// A CSV file with a row a stretch of steps. Rows of steps that come again after an interruption are cut off, so that each step is told
/// of once.
struct TrainingLog {
    struct Row {
        var step: Int
        /// The mean since the last row.
        var loss: Double
        var heldOutClips, heldOutStills: Double?
        var rate, norm, secondsPerStep: Double
    }

    private static let header = "step,loss,held_out_clips,held_out_stills,rate,norm,seconds_per_step\n"
    private let url: URL

    /// - Parameter step: rows of later steps are dropped.
    init(_ url: URL, upTo step: Int) throws {
        self.url = url
        let lines = ((try? String(contentsOf: url, encoding: .utf8)) ?? "").split(separator: "\n").dropFirst()
        let kept = lines.filter { (Int($0.prefix { $0 != "," }) ?? .max) <= step }
        try Data((Self.header + kept.map { $0 + "\n" }.joined()).utf8).write(to: url, options: .atomic)
    }

    func append(_ row: Row) throws {
        func figure(_ value: Double?) -> String { value.map { String(format: "%.6g", $0) } ?? "" }
        let fields =
            [String(row.step)]
            + [row.loss, row.heldOutClips, row.heldOutStills, row.rate, row.norm, row.secondsPerStep].map(figure)
        let file = try FileHandle(forWritingTo: url)
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data((fields.joined(separator: ",") + "\n").utf8))
    }
}
