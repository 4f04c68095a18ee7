/// A run of characters in one line of a script.
package struct SourcePlace: Sendable, Equatable {
    /// The first line is 1.
    package var line: Int
    /// The first character (as a reader counts, not bytes) is 1.
    package var column: Int
    /// In characters; 0 where something is missing.
    package var length: Int
    /// The whole line.
    package var text: String

    package init(line: Int, column: Int, length: Int, text: String) {
        self.line = line
        self.column = column
        self.length = length
        self.text = text
    }
}

/// Where the characters of a prompt stand: in one place, or, in a format that nuwa reads but does not write, in several, with what
/// means nothing here left out between them.
package struct PromptPlace: Sendable, Equatable {
    /// In the order of the prompt, at least one; the characters of a place follow those of the one before.
    private let pieces: [SourcePlace]

    package init(_ place: SourcePlace) { pieces = [place] }

    /// - Parameter pieces: at least one; their lengths add up to the prompt's
    package init(pieces: [SourcePlace]) {
        precondition(!pieces.isEmpty)
        self.pieces = pieces
    }

    package var line: Int { pieces[0].line }
    /// Where the prompt begins, as far as it goes on in one piece.
    package var start: SourcePlace { pieces[0] }

    /// Where some characters of the prompt stand, counted from its first: as many of them as stand together.
    package func part(_ range: Range<Int>) -> SourcePlace {
        var skipped = 0
        for piece in pieces.dropLast() {
            if range.lowerBound < skipped + piece.length { return Self.part(range, of: piece, from: skipped) }
            skipped += piece.length
        }
        return Self.part(range, of: pieces[pieces.count - 1], from: skipped)
    }

    private static func part(_ range: Range<Int>, of piece: SourcePlace, from start: Int) -> SourcePlace {
        let offset = min(range.lowerBound - start, piece.length)
        return SourcePlace(
            line: piece.line, column: piece.column + offset, length: min(range.count, piece.length - offset),
            text: piece.text)
    }
}
