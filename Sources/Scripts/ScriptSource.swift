package import Foundation

/// A script's bytes as lines of characters, or the reasons why they are not text.
package struct ScriptSource {
    /// At least one.
    package let lines: [String]

    /// Behind the last line that is not blank, where something is missing.
    package var end: SourcePlace {
        let last = lines.lastIndex { !$0.allSatisfy(\.isWhitespace) } ?? 0
        let text = lines[last]
        return SourcePlace(line: last + 1, column: text.count + 1, length: 0, text: text)
    }

    /// Also for files that nobody reads because of it.
    package static func tooLong(name: String, bytes: Int, limit: Int) -> ScriptErrors {
        refusal(
            of: name, "the script has \(bytes) bytes; at most \(limit) are read",
            "split it into several scripts, or raise limits.script_bytes in nuwad.toml")
    }

    private static func refusal(
        of name: String, line: Int = 1, column: Int = 1, text: String? = nil, _ message: String, _ remedy: String
    ) -> ScriptErrors {
        ScriptErrors([
            Diagnostic(
                severity: .error, name: name, line: line, column: column, length: 1, message: message, remedy: remedy,
                sourceLine: text)
        ])
    }

    /// Checks size and encoding. Accepts UTF-8 with or without a byte order mark, and the line ends of all systems.
    package static func read(
        _ data: Data, name: String, limits: ScriptLimits
    ) throws(ScriptErrors) -> ScriptSource {
        guard data.count <= limits.bytes else {
            throw tooLong(name: name, bytes: data.count, limit: limits.bytes)
        }
        var bytes = [UInt8](data)
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw refusal(of: name, "the script is UTF-16", "save it as UTF-8")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let good = String(decoding: bytes.prefix(validUTF8Length(bytes)), as: UTF8.self)
            let lines = split(good)
            let last = lines[lines.count - 1]
            let byte = bytes[good.utf8.count]
            throw refusal(
                of: name, line: lines.count, column: last.count + 1, text: last + "\u{FFFD}",
                "the byte 0x\(String(byte, radix: 16, uppercase: true)) is not UTF-8",
                "save the script as UTF-8")
        }
        return ScriptSource(lines: split(text))
    }

    /// At line feeds, carriage returns, and pairs of both; never at rarer separators, which editors do not count.
    private static func split(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }.map(String.init)
    }

    /// The number of bytes before the first that is not UTF-8.
    private static func validUTF8Length(_ bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var length = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            length += UTF8.width(scalar)
        }
        return length
    }
}

/// One line of a script, cut into its first word and the rest.
struct ScriptLine {
    let number: Int
    let text: String
    private let characters: [Character]
    /// Character positions, from 0.
    let word: Range<Int>
    let rest: Range<Int>

    /// `nil` for a blank line or a comment.
    init?(number: Int, text: String) {
        let characters = Array(text)
        guard let start = characters.firstIndex(where: { !$0.isWhitespace }), characters[start] != "#" else {
            return nil
        }
        let wordEnd = characters[start...].firstIndex(where: \.isWhitespace) ?? characters.count
        self.number = number
        self.text = text
        self.characters = characters
        word = start..<wordEnd
        rest = Self.trimmed(wordEnd..<Self.commentStart(in: characters, from: wordEnd), of: characters)
    }

    subscript(range: Range<Int>) -> String { String(characters[range]) }

    func place(_ range: Range<Int>) -> SourcePlace {
        SourcePlace(line: number, column: range.lowerBound + 1, length: range.count, text: text)
    }

    /// The place just behind `range`, where something is missing.
    func place(after range: Range<Int>) -> SourcePlace {
        SourcePlace(line: number, column: range.upperBound + 1, length: 0, text: text)
    }

    /// A comment within a line is a `#` between blanks, so that "Pim is #1" stays a prompt.
    private static func commentStart(in characters: [Character], from start: Int) -> Int {
        for i in start..<characters.count where characters[i] == "#" && characters[i - 1].isWhitespace {
            if i + 1 == characters.count || characters[i + 1].isWhitespace { return i }
        }
        return characters.count
    }

    private static func trimmed(_ range: Range<Int>, of characters: [Character]) -> Range<Int> {
        guard let first = characters[range].firstIndex(where: { !$0.isWhitespace }),
            let last = characters[range].lastIndex(where: { !$0.isWhitespace })
        else { return range.lowerBound..<range.lowerBound }
        return first..<last + 1
    }
}
