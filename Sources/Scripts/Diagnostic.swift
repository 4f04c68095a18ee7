import Terminal

/// What is to be said about a script, with its place, what is wrong and what would be right.
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
    /// The line, to be shown above the caret. `nil` for diagnostics of the file as a whole.
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

    /// The diagnostic as a compiler shows it, without a final line break:
    ///
    ///     picnic.nuwa:3:1: error: 'lenght' is not a setting
    ///       lenght 2m20s
    ///       ^^^^^^
    ///     help: did you mean 'length'?
    package func rendered() -> String {
        var lines = ["\(name.printable):\(line):\(column): \(severity.rawValue): \(message.printable)"]
        if let sourceLine, !sourceLine.isEmpty {
            let marked = MarkedLine(line: sourceLine, column: column, length: length)
            lines.append("  " + marked.text)
            lines.append("  " + marked.carets)
        }
        if let remedy { lines.append("help: " + remedy.printable) }
        return lines.joined(separator: "\n")
    }

    package var description: String { rendered() }
}

/// Everything that is wrong with a script, in the order of its lines. Warnings are among them, since whoever corrects
/// the errors will want to see those too.
package struct ScriptErrors: Error, Sendable, Equatable, CustomStringConvertible {
    package let diagnostics: [Diagnostic]

    package var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
    package var warnings: [Diagnostic] { diagnostics.filter { $0.severity == .warning } }

    /// Further ones are counted, not shown: a wrong file dropped by mistake should not fill the terminal.
    private static let shown = 20

    package init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics.inReadingOrder
    }

    /// All diagnostics as text, ending with their number and a line break.
    package var description: String {
        var blocks = diagnostics.prefix(Self.shown).map { $0.rendered() }
        if diagnostics.count > Self.shown { blocks.append("… and \(diagnostics.count - Self.shown) more") }
        let counts = [(errors.count, "error"), (warnings.count, "warning")].filter { $0.0 > 0 }
        blocks.append(counts.map(counted).joined(separator: ", "))
        return blocks.joined(separator: "\n") + "\n"
    }
}

extension [Diagnostic] {
    /// By line and column; those at one place keep their order.
    package var inReadingOrder: [Diagnostic] {
        enumerated()
            .sorted {
                ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
            }
            .map(\.element)
    }
}

/// A line and the carets below it, as they come out aligned on a terminal: tabs expanded, wide characters counted as
/// two cells, control characters made harmless, and a long line cut down to the part around the carets.
struct MarkedLine {
    var text: String
    var carets: String

    private static let maximumWidth = 96
    private static let tabStop = 4
    /// How much of a long line stays to the left of the carets.
    private static let lead = 40

    init(line: String, column: Int, length: Int) {
        var cells: [(text: String, width: Int)] = []
        var width = 0
        for character in line {
            if character == "\t" {
                let blanks = Self.tabStop - width % Self.tabStop
                cells.append((String(repeating: " ", count: blanks), blanks))
            } else {
                cells.append((character.printable, character.cellWidth))
            }
            width += cells[cells.count - 1].width
        }

        let first = min(max(column - 1, 0), cells.count)
        var start = 0
        var end = cells.count
        if width > Self.maximumWidth {
            start = max(0, first - Self.lead)
            end = start
            var used = 2  // an ellipsis at either side
            while end < cells.count, used + cells[end].width <= Self.maximumWidth {
                used += cells[end].width
                end += 1
            }
        }
        let cutsLeft = start > 0
        text = (cutsLeft ? "…" : "") + cells[start..<end].map(\.text).joined() + (end < cells.count ? "…" : "")

        let last = min(first + length, max(end, first))
        let indent = (cutsLeft ? 1 : 0) + cells[start..<first].reduce(0) { $0 + $1.width }
        let marked = cells[first..<last].reduce(0) { $0 + $1.width }
        carets = String(repeating: " ", count: indent) + String(repeating: "^", count: max(1, marked))
    }
}
