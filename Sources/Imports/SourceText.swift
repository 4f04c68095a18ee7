import Scripts

/// A file's lines as characters, and places in them. Lines and columns here count from 0; those that people see, from 1.
struct SourceText {
    /// A character's place.
    struct Position: Equatable {
        var line: Int
        var column: Int
    }

    let lines: [String]
    let characters: [[Character]]
    /// Behind the last line that is not blank.
    let end: SourcePlace

    init(_ source: ScriptSource) {
        lines = source.lines
        end = source.end
        characters = source.lines.map(Array.init)
    }

    func place(_ line: Int, _ columns: Range<Int>) -> SourcePlace {
        SourcePlace(line: line + 1, column: columns.lowerBound + 1, length: columns.count, text: lines[line])
    }

    /// The character there, or the end of the line.
    func place(_ position: Position) -> SourcePlace {
        let end = min(position.column + 1, characters[position.line].count)
        return place(position.line, position.column..<max(end, position.column))
    }

    /// A line without the blanks around it.
    func place(ofLine line: Int) -> SourcePlace {
        let characters = characters[line]
        guard let first = characters.firstIndex(where: { !$0.isWhitespace }),
            let last = characters.lastIndex(where: { !$0.isWhitespace })
        else { return place(line, 0..<0) }
        return place(line, first..<last + 1)
    }

    func isBlank(_ line: Int) -> Bool { characters[line].allSatisfy(\.isWhitespace) }
}

/// Goes through a file character by character, with a `\n` between two lines.
struct Cursor {
    let source: SourceText
    private(set) var position = SourceText.Position(line: 0, column: 0)

    init(_ source: SourceText) { self.source = source }

    /// nil at the end of the file
    var character: Character? {
        let line = source.characters[position.line]
        if position.column < line.count { return line[position.column] }
        return position.line + 1 < source.characters.count ? "\n" : nil
    }

    mutating func advance() {
        if position.column < source.characters[position.line].count {
            position.column += 1
        } else if position.line + 1 < source.characters.count {
            position = SourceText.Position(line: position.line + 1, column: 0)
        }
    }

    mutating func skipBlanks() {
        while let character, character.isWhitespace { advance() }
    }
}
