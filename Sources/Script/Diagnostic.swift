/// One finding about a script, with its place, what is wrong and what would be right.
package struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        case error, warning
    }

    package var severity: Severity
    /// The script's file name.
    package var name: String
    /// The first line is 1.
    package var line: Int
    /// The first character of a line is 1. Counted in characters as a reader sees them.
    package var column: Int
    /// Characters that the caret line marks; 0 where something is missing.
    package var length: Int
    /// What is wrong, in one sentence.
    package var message: String
    /// What would be right, in one sentence.
    package var remedy: String?
    /// The line, to be shown above the caret. `nil` for findings about the file as a whole.
    package var sourceLine: String?

    private static let longest = 240

    package init(
        severity: Severity,
        name: String,
        place: SourcePlace,
        message: String,
        remedy: String?
    ) {
        self.init(
            severity: severity, name: name, line: place.line, column: place.column, length: place.length,
            message: message, remedy: remedy, sourceLine: place.text)
    }

    package init(
        severity: Severity,
        name: String,
        line: Int,
        column: Int,
        length: Int,
        message: String,
        remedy: String?,
        sourceLine: String?
    ) {
        self.severity = severity
        self.name = name
        self.line = line
        self.column = column
        self.length = length
        // A word quoted from the script can be as long as the script.
        self.message = message.clipped(to: Self.longest)
        self.remedy = remedy?.clipped(to: Self.longest)
        self.sourceLine = sourceLine
    }

    /// The finding as a compiler shows it, without a final line break:
    ///
    ///     picnic.nuwa:3:1: error: 'lenght' is not a setting
    ///       lenght 2m20s
    ///       ^^^^^^
    ///     help: did you mean 'length'?
    package func rendered() -> String {
        var lines = ["\(name.printable):\(line):\(column): \(severity.rawValue): \(message.printable)"]
        if let sourceLine, !sourceLine.isEmpty {
            let excerpt = Excerpt(line: sourceLine, column: column, length: length)
            lines.append("  " + excerpt.text)
            lines.append("  " + excerpt.carets)
        }
        if let remedy { lines.append("help: " + remedy.printable) }
        return lines.joined(separator: "\n")
    }

    package var description: String { rendered() }
}
