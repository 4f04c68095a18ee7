import Scripts

/// Reads JSON (RFC 8259) and keeps the place of everything, for errors that people can find; Foundation's reader does not.
struct JSONReader {
    struct Member {
        var key: TracedText
        /// With its quotes.
        var keyPlace: SourcePlace
        var value: Value
        var valuePlace: SourcePlace
    }

    indirect enum Value {
        case text(TracedText)
        case number(String)
        case object([Member])
        /// Arrays, true, false and null: nothing in them is read.
        case other
    }

    /// What is wrong, and where; the rest of the file is not read, since nothing in it can be trusted to be what it seems.
    struct Problem: Error {
        var place: SourcePlace
        var message: String
        var remedy: String
    }

    /// Deeper files were not written by people.
    private static let deepest = 32

    private let source: SourceText
    private var cursor: Cursor
    private var depth = 0
    /// Members without braces around them: FizzNodes takes out line ends and a last comma before it reads them as JSON. Here a line end is
    /// a blank, since words on two lines are not one.
    private var isBare = false
    /// Where the text before begins, if it goes on over a line end: then its closing quote may be missing.
    private var longText: SourceText.Position?
    /// Commas behind the last member of an object, which JSON does not allow and people write.
    private(set) var strayCommas: [SourcePlace] = []

    init(_ source: SourceText) {
        self.source = source
        cursor = Cursor(source)
    }

    /// The members of the file's one object, or, as FizzNodes has them, members without braces around them.
    mutating func members() throws(Problem) -> [Member] {
        cursor.skipBlanks()
        isBare = cursor.character == "\""
        let members = isBare ? try self.members(until: nil) : try object()
        cursor.skipBlanks()
        guard cursor.character == nil else {
            throw problem("there is something behind the end of the JSON", "remove it, or the brace before it")
        }
        return members
    }

    private mutating func object() throws(Problem) -> [Member] {
        try expect(
            "{", "JSON begins with '{'", "write the prompts as {\"0\": \"first prompt\", \"48\": \"second prompt\"}")
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw problem("this is nested too deeply", "prompts are text by frame") }
        let members = try members(until: "}")
        cursor.advance()
        return members
    }

    /// - Parameter end: the closing brace, which is left to the caller; nil for the end of the file
    private mutating func members(until end: Character?) throws(Problem) -> [Member] {
        var members: [Member] = []
        var comma: SourcePlace?
        while true {
            cursor.skipBlanks()
            if cursor.character == end {
                if let comma, end != nil { strayCommas.append(comma) }
                return members
            }
            if comma == nil, !members.isEmpty, cursor.character != nil {
                if let longText {
                    throw Problem(
                        place: source.place(longText),
                        message: "this text goes on over its line, and no comma follows it",
                        remedy: Self.closingRemedy)
                }
                throw problem("a comma is missing before this", commaRemedy)
            }
            members.append(try member())
            cursor.skipBlanks()
            comma = nil
            if cursor.character == "," {
                comma = source.place(cursor.position)
                cursor.advance()
            }
        }
    }

    private static let closingRemedy = "end it with a straight '\"'; a quote within it is written \\\""
    private let commaRemedy = "write ',' between two prompts; a quote within a prompt is written \\\""

    private mutating func member() throws(Problem) -> Member {
        guard let character = cursor.character else {
            throw problem("the JSON ends before its closing '}'", "write '}' at the end")
        }
        guard character == "\"" else {
            throw problem(
                "a key in \"straight double quotes\" should stand here",
                "write each prompt as \"48\": \"what is to be seen\"")
        }
        let start = cursor.position
        let key = try string()
        let keyPlace = place(from: start)
        cursor.skipBlanks()
        try expect(
            ":", "a colon is missing between key and prompt", "write each prompt as \"48\": \"what is to be seen\"")
        cursor.skipBlanks()
        let valueStart = cursor.position
        let value = try value()
        return Member(key: key, keyPlace: keyPlace, value: value, valuePlace: place(from: valueStart))
    }

    private mutating func value() throws(Problem) -> Value {
        switch cursor.character {
        case "\"": return .text(try string())
        case "{": return .object(try object())
        case "[":
            try skipArray()
            return .other
        default:
            let word = word()
            if ["true", "false", "null"].contains(word) { return .other }
            guard Double(word) != nil else {
                throw problem(
                    "a prompt in \"straight double quotes\" should stand here",
                    "write each prompt as \"48\": \"what is to be seen\"")
            }
            for _ in word { cursor.advance() }
            return .number(word)
        }
    }

    /// Letters, digits and signs from here on, not yet taken; of the three words of JSON, taken.
    private mutating func word() -> String {
        var ahead = cursor
        var word = ""
        while let character = ahead.character, character.isLetter || character.isDigit || "+-.".contains(character) {
            word.append(character)
            ahead.advance()
        }
        if ["true", "false", "null"].contains(word) { cursor = ahead }
        return word
    }

    private mutating func skipArray() throws(Problem) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw problem("this is nested too deeply", "prompts are text by frame") }
        cursor.advance()
        while true {
            cursor.skipBlanks()
            if cursor.character == "]" { break }
            _ = try value()
            cursor.skipBlanks()
            if cursor.character == "," {
                cursor.advance()
            } else if cursor.character != "]" {
                throw problem("a comma or ']' is missing before this", "write ',' between two values")
            }
        }
        cursor.advance()
    }

    // MARK: Text

    private mutating func string() throws(Problem) -> TracedText {
        let start = cursor.position
        cursor.advance()
        longText = nil
        var text = TracedText()
        while let character = cursor.character, character != "\n" || isBare {
            let position = cursor.position
            cursor.advance()
            switch character {
            case "\"": return text
            case "\n":
                longText = start
                text.append(" ", at: position)
            case "\\": text.append(try escaped(from: position), at: position)
            default: text.append(character, at: position)
            }
        }
        throw Problem(
            place: source.place(start), message: "this text is not closed\(isBare ? "" : " on its line")",
            remedy: Self.closingRemedy)
    }

    /// What stands for an escape; the backslash has been taken.
    private mutating func escaped(from start: SourceText.Position) throws(Problem) -> Character {
        let character = cursor.character
        cursor.advance()
        switch character {
        case "\"", "\\", "/": return character ?? "\\"
        case "n", "r", "t", "b", "f": return " "
        case "u":
            let first = try codeUnit(from: start)
            guard (0xD800..<0xDC00).contains(first) else {
                return Unicode.Scalar(first).map(Character.init) ?? "\u{FFFD}"
            }
            // The second half of a pair of surrogates.
            guard cursor.character == "\\" else { return "\u{FFFD}" }
            cursor.advance()
            cursor.advance()
            let second = try codeUnit(from: start)
            let scalar = 0x10000 + (first - 0xD800) << 10 + (second &- 0xDC00) & 0x3FF
            return Unicode.Scalar(scalar).map(Character.init) ?? "\u{FFFD}"
        default:
            throw Problem(
                place: source.place(start), message: "a backslash is followed by something that JSON does not know",
                remedy: "write \\\\ for a backslash")
        }
    }

    private mutating func codeUnit(from start: SourceText.Position) throws(Problem) -> UInt32 {
        var digits = ""
        while digits.count < 4, let character = cursor.character, character.isHexDigit, character.isASCII {
            digits.append(character)
            cursor.advance()
        }
        guard digits.count == 4, let unit = UInt32(digits, radix: 16) else {
            throw Problem(
                place: source.place(start), message: "behind \\u there are four hexadecimal digits",
                remedy: "write the character itself: the file is UTF-8")
        }
        return unit
    }

    // MARK: Places

    private func place(from start: SourceText.Position) -> SourcePlace {
        let end = cursor.position.line == start.line ? cursor.position.column : source.characters[start.line].count
        return source.place(start.line, start.column..<end)
    }

    private func problem(_ message: String, _ remedy: String) -> Problem {
        Problem(place: source.place(cursor.position), message: message, remedy: remedy)
    }

    private mutating func expect(_ character: Character, _ message: String, _ remedy: String) throws(Problem) {
        guard cursor.character == character else { throw problem(message, remedy) }
        cursor.advance()
    }
}
