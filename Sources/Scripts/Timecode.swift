/// A time from the start of the film, exact to the microsecond, so that no frame number hangs on floating point.
package struct Timecode: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let microseconds: Int

    package init(microseconds: Int) {
        self.microseconds = microseconds
    }

    /// The time at which `frame` is shown.
    package init(frame: Int, fps: Int) {
        self.init(microseconds: (frame * 1_000_000 + fps / 2) / fps)
    }

    /// The frame nearest to this time; half a frame rounds up.
    package func frame(fps: Int) -> Int {
        (microseconds * fps + 500_000) / 1_000_000
    }

    package static func < (a: Timecode, b: Timecode) -> Bool { a.microseconds < b.microseconds }

    /// As people write it: `0:25`, `0:25.5`, `1:02:03`.
    package var description: String {
        let fraction = microseconds % 1_000_000
        guard fraction != 0 else { return wholeSeconds }
        var digits = String(String(1_000_000 + fraction).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return wholeSeconds + "." + digits
    }

    /// With two decimals always, for columns: `0:25.50`.
    package var tabular: String {
        let rounded = Timecode(microseconds: microseconds + 5_000)
        let hundredths = rounded.microseconds % 1_000_000 / 10_000
        return rounded.wholeSeconds + "." + twoDigits(hundredths)
    }

    private var wholeSeconds: String {
        let seconds = microseconds / 1_000_000
        let tail = twoDigits(seconds % 60)
        guard seconds >= 3600 else { return "\(seconds / 60):\(tail)" }
        return "\(seconds / 3600):\(twoDigits(seconds / 60 % 60)):\(tail)"
    }

    private func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

extension Timecode {
    /// Reads `0:25`, `1:02:03`, `0:25.5`, `25s`, `2m20s`, `1h2m`.
    init(parsing text: String) throws(TokenProblem) {
        if text.contains(":") {
            self = try Self.colons(text)
        } else {
            self = try Self.units(text)
        }
    }

    static let forms = "write a time as 0:25, 1:02:03, 0:25.5, 25s or 2m20s"

    private static func notATime(_ text: String) -> TokenProblem {
        let withPoint = text.replacing(",", with: ".")
        let isDecimalComma = withPoint != text && (try? Timecode(parsing: withPoint)) != nil
        return TokenProblem(
            message: "'\(text)' is not a time",
            remedy: isDecimalComma ? "write '\(withPoint)', with a point" : forms)
    }

    /// `m:ss` or `h:mm:ss`, the seconds with decimals or without.
    private static func colons(_ text: String) throws(TokenProblem) -> Timecode {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 3, let last = parts.last, let seconds = decimal(last),
            parts.dropLast().allSatisfy(\.isDigits)
        else { throw notATime(text) }

        let whole = parts.dropLast().map { digits($0) }
        let fields = whole.reduce(into: [Int]()) { if let value = $1 { $0.append(value) } }
        guard fields.count == whole.count else { throw tooLarge(text) }
        let total = Timecode(microseconds: fields.reduce(0) { ($0 + $1) * 60 } * 1_000_000 + seconds)

        // Two digits are asked for, because 0:5 means five seconds to one reader and fifty to another.
        let wholeSeconds = last.prefix { $0 != "." }
        guard parts.dropFirst().dropLast().allSatisfy({ $0.count == 2 }), wholeSeconds.count == 2 else {
            throw TokenProblem(
                message: "'\(text)' is not a time: minutes and seconds after a colon have two digits",
                remedy: "write '\(total)'")
        }
        guard fields.dropFirst().allSatisfy({ $0 < 60 }), seconds < 60_000_000 else {
            throw TokenProblem(
                message: "'\(text)' is not a time: minutes and seconds after a colon go up to 59",
                remedy: "write '\(total)'")
        }
        return total
    }

    /// Numbers with the units h, m and s in this order, each at most once; the last number may have decimals.
    private static func units(_ text: String) throws(TokenProblem) -> Timecode {
        if text.isDigits {
            throw TokenProblem(
                message: "'\(text)' has no unit", remedy: "write '\(text)s' for seconds, or 'f\(text)' for a frame")
        }
        let lower = text.lowercased()
        if lower != text, (try? units(lower)) != nil {
            throw TokenProblem(message: "'\(text)' is not a time: units are small letters", remedy: "write '\(lower)'")
        }
        var total = 0
        var rest = text[...]
        var remaining: [(unit: Character, seconds: Int)] = [("h", 3600), ("m", 60), ("s", 1)]
        while !rest.isEmpty {
            let number = rest.prefix { $0.isDigit || $0 == "." }
            rest = rest.dropFirst(number.count)
            guard let unit = rest.popFirst(), let index = remaining.firstIndex(where: { $0.unit == unit }),
                number.isDigits || rest.isEmpty
            else { throw notATime(text) }
            guard let value = decimal(number) else {
                throw number.count > maximumDigits ? tooLarge(text) : notATime(text)
            }
            total += value * remaining[index].seconds
            remaining.removeFirst(index + 1)
        }
        guard !text.isEmpty else { throw notATime(text) }
        return Timecode(microseconds: total)
    }

    private static func tooLarge(_ text: String) -> TokenProblem {
        TokenProblem(
            message: "'\(text)' is longer than any film", remedy: "films are a few seconds to a few hours long")
    }

    /// Enough for any film, and far from overflow even in hours times microseconds.
    private static let maximumDigits = 7

    private static func digits(_ text: Substring) -> Int? {
        text.isDigits && text.count <= maximumDigits ? Int(text) : nil
    }

    /// A number with at most six decimals that count, in millionths.
    private static func decimal(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = digits(parts[0]) else { return nil }
        guard parts.count == 2 else { return whole * 1_000_000 }
        guard parts[1].isDigits else { return nil }
        let padded = parts[1].prefix(6) + String(repeating: "0", count: max(0, 6 - parts[1].count))
        return Int(padded).map { whole * 1_000_000 + $0 }
    }
}
