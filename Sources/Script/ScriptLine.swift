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
