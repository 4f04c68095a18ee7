import Console
import Foundation
import Glibc
import Pictures
import Terminal

/// A picture on the terminal itself, where that can show one.
enum TerminalPicture {
    /// Shows a PNG on standard output; does nothing where that is no terminal, or one that speaks neither kitty's protocol nor sixel.
    static func show(_ png: Data) throws {
        guard Output.isInteractive else { return }
        switch dialect(ProcessInfo.processInfo.environment, attributes: { Self.attributes(in: askTerminal()) }) {
        case nil: break
        case .kitty: Output.write(kitty(png))
        case .sixel: Output.write(Data((Sixel.encode(try Image(png: png, called: "the contact sheet")) + "\n").utf8))
        }
    }

    enum Dialect {
        case kitty, sixel
    }

    /// By its name, else by what it answers when it is asked what it can do: `4` among its attributes stands for sixel.
    static func dialect(_ environment: [String: String], attributes: () -> [Substring]) -> Dialect? {
        let names = ["TERM", "TERM_PROGRAM"].compactMap { environment[$0]?.lowercased() }
        if environment["KITTY_WINDOW_ID"] != nil
            || names.contains(where: { $0.contains("kitty") || $0.contains("ghostty") })
        {
            return .kitty
        }
        return attributes().contains("4") ? .sixel : nil
    }

    /// kitty's graphics protocol: base64 in pieces of at most 4096 characters, the last with `m=0`.
    static func kitty(_ png: Data) -> Data {
        let text = Array(png.base64EncodedString().utf8)
        var out = Data()
        for start in stride(from: 0, to: text.count, by: 4096) {
            let end = min(start + 4096, text.count)
            let head = start == 0 ? "a=T,f=100," : ""
            out += Data("\u{1B}_G\(head)m=\(end < text.count ? 1 : 0);".utf8)
            out += text[start..<end]
            out += Data("\u{1B}\\".utf8)
        }
        return out + Data("\n".utf8)
    }

    /// Of an answer such as `ESC [ ? 62 ; 4 c`.
    static func attributes(in answer: String) -> [Substring] {
        answer.drop { $0 != "?" }.dropFirst().dropLast().split(separator: ";")
    }

    /// The terminal's answer to "primary device attributes" (`ESC [ c`), which all give; nothing where there is no terminal.
    private static func askTerminal() -> String {
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return "" }
        defer { close(terminal) }
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else { return "" }
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        guard tcsetattr(terminal, TCSANOW, &raw) == 0 else { return "" }
        defer { tcsetattr(terminal, TCSANOW, &before) }
        guard write(terminal, "\u{1B}[c", 3) == 3 else { return "" }
        var answer = ""
        var waiting = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        while !answer.hasSuffix("c"), answer.utf8.count < 100, poll(&waiting, 1, 300) == 1 {
            var byte: UInt8 = 0
            guard read(terminal, &byte, 1) == 1 else { break }
            answer.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return answer
    }
}
