/// When a prompt starts, in the unit that the author chose.
package enum CueKey: Sendable, Equatable {
    case time(Timecode)
    case frame(Int)
    /// Of the film's length, 0...100.
    case percent(Double)

    /// The film frame, or `nil` for a percentage of a film whose length is not known.
    ///
    /// `100%` is the last frame; a time or frame may lie beyond the end.
    package func frame(fps: Int, frames: Int?) -> Int? {
        switch self {
        case .time(let time): time.frame(fps: fps)
        case .frame(let frame): frame
        case .percent(let percent):
            frames.map { min($0 - 1, Int((percent * Double($0) / 100).rounded())) }
        }
    }
}

extension CueKey {
    /// Reads a time, a frame (`f3000`) or a percentage (`12.5%`).
    init(parsing text: String) throws(TokenProblem) {
        do {
            self = try Self.strict(text)
        } catch {
            throw Self.nearMiss(text) ?? error
        }
    }

    /// Whether a word is a key, rightly written.
    package static func isKey(_ word: String) -> Bool { (try? strict(word)) != nil }

    static let forms = "a time (0:25), a frame (f600) or a percentage (50%)"

    /// Whether a line that starts with this word was meant to be a cue, rightly written or not.
    static func looksMeant(_ text: String) -> Bool {
        let plain = text.plain.lowercased()
        guard let first = plain.first else { return false }
        if first.isDigit || plain.hasSuffix("%") { return true }
        return (first == "f" || first == "-" || first == ".") && plain.dropFirst().first?.isDigit == true
    }

    private static func strict(_ text: String) throws(TokenProblem) -> CueKey {
        if text.plain.hasPrefix("-") {
            throw TokenProblem(
                message: "'\(text)' is negative: a prompt cannot start before the film",
                remedy: "the film starts at 0:00")
        }
        if text.hasSuffix("%") { return .percent(try percentage(text)) }
        if text.hasPrefix("f") {
            let digits = text.dropFirst()
            guard digits.isDigits else {
                throw TokenProblem(message: "'\(text)' is not a frame", remedy: "write a frame as f600, a whole number")
            }
            guard let frame = Int(digits), digits.count <= 9 else {
                throw TokenProblem(
                    message: "'\(text)' is beyond any film", remedy: "films have at most some ten thousand frames")
            }
            return .frame(frame)
        }
        return .time(try Timecode(parsing: text))
    }

    private static func percentage(_ text: String) throws(TokenProblem) -> Double {
        let number = text.dropLast()
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy(\.isDigits), let value = Double(number) else {
            throw TokenProblem(
                message: "'\(text)' is not a percentage", remedy: "write a percentage as 50% or 12.5%")
        }
        guard value <= 100 else {
            throw TokenProblem(
                message: "'\(text)' is beyond the end of the film", remedy: "percentages go from 0% to 100%")
        }
        return value
    }

    /// A remedy in the author's own numbers where the intention is plain.
    private static func nearMiss(_ text: String) -> TokenProblem? {
        let plain = text.plain
        if plain != text, (try? strict(plain)) != nil {
            return TokenProblem(
                message: "'\(text)' is written with full-width or typographic characters", remedy: "write '\(plain)'")
        }
        let lower = text.lowercased()
        if lower != text, lower.hasPrefix("f"), (try? strict(lower)) != nil {
            return TokenProblem(message: "'\(text)' is not a frame", remedy: "write '\(lower)', with a small f")
        }
        let withPoint = text.replacing(",", with: ".")
        if withPoint != text, (try? strict(withPoint)) != nil { return nil }
        return runTogether(text)
    }

    /// `0:25Pim` or `0:25-`: a key with something stuck to it.
    private static func runTogether(_ text: String) -> TokenProblem? {
        guard text.utf8.count <= 100 else { return nil }
        var key = text.dropLast()
        while !key.isEmpty {
            if (try? strict(String(key))) != nil {
                let rest = text[key.endIndex...]
                let isPunctuation = rest.allSatisfy { $0.isPunctuation || $0.isSymbol }
                // A digit or a second key glued on is no word of a prompt; the general message serves better.
                guard isPunctuation || rest.first?.isLetter == true else { return nil }
                if key.last?.isLetter == true, rest.first?.isLowercase == true {
                    return TokenProblem(
                        message: "'\(text)' is not a time", remedy: "write '\(key)': the units are h, m and s")
                }
                return TokenProblem(
                    message: "'\(text)' is not \(forms)",
                    remedy: isPunctuation ? "write '\(key)' alone, without '\(rest)'" : "put a blank after '\(key)'")
            }
            key = key.dropLast()
        }
        return nil
    }
}
