/// Everything that is wrong with a script, in the order of its lines. Warnings are among them, since whoever corrects
/// the errors will want to see those too.
package struct ScriptErrors: Error, Sendable, Equatable, CustomStringConvertible {
    package let diagnostics: [Diagnostic]

    package var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
    package var warnings: [Diagnostic] { diagnostics.filter { $0.severity == .warning } }

    /// Further findings are counted, not shown: a wrong file dropped by mistake should not fill the terminal.
    private static let shown = 20

    init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics.inReadingOrder
    }

    /// All findings as text, ending with their number and a line break.
    package var description: String {
        var blocks = diagnostics.prefix(Self.shown).map { $0.rendered() }
        if diagnostics.count > Self.shown { blocks.append("… and \(diagnostics.count - Self.shown) more") }
        let counts = [counted(errors.count, "error"), counted(warnings.count, "warning")].compactMap { $0 }
        blocks.append(counts.joined(separator: ", "))
        return blocks.joined(separator: "\n") + "\n"
    }

    private func counted(_ count: Int, _ noun: String) -> String? {
        count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

extension [Diagnostic] {
    /// By line and column; findings at one place keep their order.
    var inReadingOrder: [Diagnostic] {
        enumerated()
            .sorted {
                ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
            }
            .map(\.element)
    }
}
