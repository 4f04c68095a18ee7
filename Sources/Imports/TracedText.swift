import Scripts

/// Text that knows where each of its characters stands, however much was left out of it or joined. So a warning about a word of a
/// prompt points into the file as its author wrote it.
struct TracedText {
    private(set) var characters: [Character] = []
    private(set) var positions: [SourceText.Position] = []

    init() {}

    init(_ columns: Range<Int>, ofLine line: Int, in source: SourceText) {
        characters = Array(source.characters[line][columns])
        positions = columns.map { SourceText.Position(line: line, column: $0) }
    }

    var count: Int { characters.count }
    var isEmpty: Bool { characters.isEmpty }
    var string: String { String(characters) }

    mutating func append(_ character: Character, at position: SourceText.Position) {
        characters.append(character)
        positions.append(position)
    }

    mutating func append(_ other: TracedText) {
        characters += other.characters
        positions += other.positions
    }

    mutating func append(from other: TracedText, _ index: Int) {
        append(other.characters[index], at: other.positions[index])
    }

    mutating func removeLast(_ count: Int) {
        characters.removeLast(count)
        positions.removeLast(count)
    }

    func part(_ range: Range<Int>) -> TracedText {
        var part = TracedText()
        part.characters = Array(characters[range])
        part.positions = Array(positions[range])
        return part
    }

    /// On one line and without blanks at its ends. A `#` between blanks goes too: in a script it would begin a comment, and subtitles
    /// use it as a note of music.
    var tidied: TracedText {
        var result = TracedText()
        var start = 0
        while start < count {
            guard !characters[start].isWhitespace else {
                start += 1
                continue
            }
            let end = characters[start...].firstIndex(where: \.isWhitespace) ?? count
            if end - start > 1 || characters[start] != "#" {
                if !result.isEmpty { result.append(" ", at: positions[start - 1]) }
                result.append(part(start..<end))
            }
            start = end
        }
        return result
    }

    /// Where it stands from its first character on, as far as it goes on in one piece. Must not be empty.
    func start(in source: SourceText) -> SourcePlace { pieces(in: source)[0] }

    /// Where it stands. Must not be empty.
    func place(in source: SourceText) -> PromptPlace { PromptPlace(pieces: pieces(in: source)) }

    private func pieces(in source: SourceText) -> [SourcePlace] {
        var pieces: [SourcePlace] = []
        var start = 0
        for index in 1...count {
            let goesOn =
                index < count && positions[index].line == positions[index - 1].line
                && positions[index].column == positions[index - 1].column + 1
            if goesOn { continue }
            let first = positions[start]
            pieces.append(source.place(first.line, first.column..<first.column + index - start))
            start = index
        }
        return pieces
    }
}
