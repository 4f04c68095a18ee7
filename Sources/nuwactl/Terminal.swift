import Control
import Foundation
import Glibc

/// Where the answers go.
enum Terminal {
    static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    /// What suits stdout: as wide as the terminal, but from 80 to 100 columns, so that a wide one stays readable.
    static var style: TextStyle {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let interactive = isInteractive
        return TextStyle(
            width: min(max(interactive ? columns : 80, 80), 100),
            unicode: locale.lowercased().replacing("-", with: "").hasSuffix("utf8"),
            colour: interactive && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb",
            timeZone: .current)
    }

    static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    static func json(_ value: some Encodable, pretty: Bool = true) throws {
        FileHandle.standardOutput.write(try ControlJSON.encode(value, pretty: pretty))
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 80
    }
}

/// Text that is drawn over itself on a terminal.
struct Redrawing {
    private var lines = 0

    mutating func draw(_ text: String) {
        let up = lines > 0 ? "\u{1B}[\(lines)A\u{1B}[J" : ""
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        Terminal.say(up + text)
    }
}
