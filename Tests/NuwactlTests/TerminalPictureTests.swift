import Foundation
import Testing

@testable import nuwactl

@Suite("Pictures on a terminal")
struct TerminalPictureTests {
    @Test(
        "A terminal is known by its name, else by the attributes that it answers with",
        arguments: [
            (["TERM": "xterm-kitty"], "", TerminalPicture.Dialect.kitty),
            (["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"], "", .kitty), (["TERM_PROGRAM": "ghostty"], "", .kitty),
            (["TERM": "xterm"], "\u{1B}[?62;1;4;6c", .sixel), (["TERM": "foot"], "\u{1B}[?62;4;22c", .sixel),
            (["TERM": "xterm"], "\u{1B}[?64;1;2;6;14;44c", nil), (["TERM": "dumb"], "", nil), ([:], "\u{1B}[?4", nil),
        ])
    func dialects(environment: [String: String], answer: String, dialect: TerminalPicture.Dialect?) {
        #expect(
            TerminalPicture.dialect(environment, attributes: { TerminalPicture.attributes(in: answer) }) == dialect)
    }

    @Test(
        "By kitty's protocol a picture goes in pieces of at most 4096 characters, of which the last says so",
        arguments: [1, 3072, 3073, 9000])
    func kitty(bytes: Int) throws {
        let png = Data((0..<bytes).map { UInt8($0 % 251) })
        let text = String(decoding: TerminalPicture.kitty(png), as: UTF8.self)
        #expect(text.hasSuffix("\u{1B}\\\n"))
        var sent = ""
        let pieces = text.dropLast().components(separatedBy: "\u{1B}\\").dropLast()
        for (index, piece) in pieces.enumerated() {
            let parts = piece.split(separator: ";", maxSplits: 1)
            let more = index < pieces.count - 1 ? 1 : 0
            #expect(parts[0] == "\u{1B}_G\(index == 0 ? "a=T,f=100," : "")m=\(more)")
            #expect(parts[1].count <= 4096)
            sent += parts[1]
        }
        #expect(Data(base64Encoded: sent) == png)
    }
}
