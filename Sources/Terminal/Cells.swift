/// Text measured in cells, as a terminal shows it: the one measure of how wide text is.
extension Character {
    /// Cells that this character takes on a terminal: 0, 1 or 2. Terminals differ on rare emoji; this follows most.
    package var cellWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if isUnprintable { return 1 }
        if first.isASCII { return unicodeScalars.contains("\u{FE0F}") ? 2 : 1 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        let isEmoji = first.properties.isEmojiPresentation || unicodeScalars.contains("\u{FE0F}")
        return isEmoji || first.isEastAsianWide ? 2 : 1
    }

    /// A control, line separator or direction mark, which could garble a terminal.
    var isUnprintable: Bool {
        guard let first = unicodeScalars.first else { return false }
        switch first.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }

    /// The character, or `�` for one that must not reach a terminal.
    package var printable: String { isUnprintable ? "\u{FFFD}" : String(self) }
}

extension Unicode.Scalar {
    fileprivate var isEastAsianWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            true
        default:
            false
        }
    }
}

extension String {
    /// Cells that this text takes on a terminal.
    package var cellWidth: Int { reduce(0) { $0 + $1.cellWidth } }

    /// With every character that could garble a terminal replaced.
    package var printable: String {
        contains(where: \.isUnprintable) ? map(\.printable).joined() : self
    }

    /// Cut to `width` cells, ending with `mark` where something was cut.
    package func clipped(to width: Int, mark: String = "…") -> String {
        let room = width - mark.cellWidth
        var used = 0
        var cut = startIndex
        for index in indices {
            used += self[index].cellWidth
            if used <= room { cut = self.index(after: index) }
            if used > width { return self[..<cut] + mark }
        }
        return self
    }

    /// Filled up with blanks at its end.
    package func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - cellWidth))
    }

    /// Filled up at its beginning.
    package func leftPadded(to width: Int, with filler: Character = " ") -> String {
        String(repeating: filler, count: Swift.max(0, width - cellWidth)) + self
    }
}
