package import Foundation
import Glibc
package import Terminal

/// Where a command's words go: answers to standard output, everything else to standard error.
package enum Output {
    package static var isInteractive: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// What suits standard output: as wide as the terminal, but from 80 to 100 columns, so that a wide one stays readable.
    package static var style: TextStyle {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let interactive = isInteractive
        return TextStyle(
            width: min(max(interactive ? columns : 80, 80), 100),
            unicode: locale.lowercased().replacing("-", with: "").hasSuffix("utf8"),
            colour: interactive && environment["NO_COLOR", default: ""].isEmpty,
            clock: .local)
    }

    /// A line, or several.
    package static func say(_ text: String) {
        write(Data((text + "\n").utf8))
    }

    package static func write(_ data: Data) {
        FileHandle.standardOutput.write(data)
    }

    package static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 80
    }
}

/// Text on a terminal that is drawn over itself.
package struct Redrawing {
    private var lines = 0

    package init() {}

    /// - Parameter above: what stays on the screen, above the text
    package mutating func draw(_ text: String, above: [String] = []) {
        let up = lines > 0 ? "\u{1B}[\(lines)A\u{1B}[J" : ""
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        Output.say(up + (above + [text]).joined(separator: "\n"))
    }
}
