package import Foundation

/// How text for people is made. A value, so that tests pin it.
package struct TextStyle: Equatable, Sendable {
    package enum Colour: Int, Sendable {
        case red = 31
        case green = 32
        case yellow = 33
        case blue = 34
    }

    /// Cells of a line.
    package var width: Int
    /// Whether bars may be drawn with block characters.
    package var unicode: Bool
    package var colour: Bool
    package var timeZone: TimeZone

    package init(width: Int, unicode: Bool, colour: Bool, timeZone: TimeZone) {
        self.width = width
        self.unicode = unicode
        self.colour = colour
        self.timeZone = timeZone
    }

    package func paint(_ text: String, _ colour: Colour?) -> String {
        guard self.colour, let colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    package func bold(_ text: String) -> String {
        colour ? "\u{1B}[1m\(text)\u{1B}[0m" : text
    }

    /// `██████░░░░`; in eighths of a cell where the terminal can.
    package func bar(_ fraction: Double, cells: Int) -> String {
        let fraction = unitFraction(fraction)
        guard unicode else {
            let full = Int(fraction * Double(cells))
            return String(repeating: "#", count: full) + String(repeating: ".", count: cells - full)
        }
        let eighths = Int(fraction * Double(cells * 8))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let full = eighths / 8
        return String(repeating: "█", count: full) + partial
            + String(repeating: "░", count: cells - full - (partial.isEmpty ? 0 : 1))
    }

    /// `2026-11-23 14:02:11` in local time.
    package func time(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func padded(_ number: Int?, _ digits: Int = 2) -> String { "\(number ?? 0)".leftPadded(to: digits, with: "0") }
        return "\(padded(parts.year, 4))-\(padded(parts.month))-\(padded(parts.day)) "
            + "\(padded(parts.hour)):\(padded(parts.minute)):\(padded(parts.second))"
    }

    /// Made harmless, and cut to so many cells where it is longer.
    package func fit(_ text: String, _ cells: Int) -> String {
        cells > 3 ? text.printable.clipped(to: cells, mark: unicode ? "…" : "...") : text.printable
    }
}
