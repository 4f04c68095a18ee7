package import Foundation

/// How text for people is made. A value, so that tests pin it.
package struct TextStyle: Sendable {
    package enum Colour: Int, Sendable {
        case red = 31
        case green = 32
        case yellow = 33
        case blue = 34
    }

    /// Which clock times are told by: how seconds since 1970 are broken down.
    package struct Clock: Sendable {
        /// By the C library: Foundation's calendars read the tables of all time zones first, which is a sixth of `nuwactl status`.
        package static let local = Clock { seconds in
            var (seconds, parts) = (seconds, tm())
            localtime_r(&seconds, &parts)
            return parts
        }

        private let broken: @Sendable (time_t) -> tm

        package init(_ broken: @escaping @Sendable (time_t) -> tm) { self.broken = broken }

        /// `2026-11-23 14:02:11`
        func dateAndTime(_ date: Date) -> String {
            let parts = parts(of: date)
            let day = "\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
            return "\(parts.tm_year + 1900)".leftPadded(to: 4, with: "0") + "-\(day) \(timeOfDay(date))"
        }

        /// `14:02:11`
        package func timeOfDay(_ date: Date) -> String {
            let parts = parts(of: date)
            return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        }

        private func two(_ number: Int32) -> String { "\(number)".leftPadded(to: 2, with: "0") }

        private func parts(of date: Date) -> tm {
            // Years from 0 to 9999; whatever a damaged database says has to be shown too.
            broken(time_t(min(max(date.timeIntervalSince1970, -62_167_219_200), 253_402_300_799).rounded(.down)))
        }
    }

    /// Cells of a line.
    package var width: Int
    /// Whether bars may be drawn with block characters.
    package var unicode: Bool
    package var colour: Bool
    package var clock: Clock

    package init(width: Int, unicode: Bool, colour: Bool, clock: Clock) {
        self.width = width
        self.unicode = unicode
        self.colour = colour
        self.clock = clock
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

    /// `2026-11-23 14:02:11`
    package func time(_ date: Date) -> String { clock.dateAndTime(date) }

    /// Made harmless, and cut to so many cells where it is longer.
    package func fit(_ text: String, _ cells: Int) -> String {
        cells > 3 ? text.printable.clipped(to: cells, mark: unicode ? "…" : "...") : text.printable
    }
}
