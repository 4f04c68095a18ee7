import Scripts

/// A key of a prompt schedule: a frame, or arithmetic that gives one, as `max_f/2-10`.
///
/// As Deforum has numexpr compute it, of which people use the four operations, `%`, `**` and parentheses; the result is cut to a whole
/// number. The one name is `max_f`, the length of the film in frames.
struct FrameExpression {
    private let text: String
    private let maxFrames: Int?
    private var rest: [Character]
    private var depth = 0

    /// - Parameter maxFrames: nil where the film's length is not known
    init(_ text: String, maxFrames: Int?) {
        self.text = text
        self.maxFrames = maxFrames
        rest = text.reversed()
    }

    func value() throws(TokenProblem) -> Int {
        var reading = self
        guard text.count <= 200 else { throw notAFrame }
        let value = try reading.sum()
        reading.skipBlanks()
        guard reading.rest.isEmpty, value.isFinite, value < 1e9 else { throw notAFrame }
        guard value > -1 else {
            throw TokenProblem(
                message: "'\(text)' is frame \(Int(max(value, -1e9))), before the film begins",
                remedy: "the first frame is \"0\"")
        }
        return Int(value)
    }

    private var notAFrame: TokenProblem {
        TokenProblem(
            message: "'\(text)' is not a frame",
            remedy: "a key is a frame as \"48\", or arithmetic with the film's length as \"max_f/2-10\"")
    }

    private mutating func skipBlanks() {
        while rest.last?.isWhitespace == true { rest.removeLast() }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipBlanks()
        guard rest.last == character else { return false }
        rest.removeLast()
        return true
    }

    private mutating func sum() throws(TokenProblem) -> Double {
        var value = try product()
        while true {
            if take("+") {
                value += try product()
            } else if take("-") {
                value -= try product()
            } else {
                return value
            }
        }
    }

    private mutating func product() throws(TokenProblem) -> Double {
        var value = try power()
        while true {
            if take("*") {
                value *= try power()
            } else if take("/") {
                value /= try power()
            } else if take("%") {
                value = value.truncatingRemainder(dividingBy: try power())
            } else {
                return value
            }
        }
    }

    private mutating func power() throws(TokenProblem) -> Double {
        let base = try atom()
        skipBlanks()
        guard rest.last == "*", rest.dropLast().last == "*" else { return base }
        rest.removeLast(2)
        var result = 1.0
        let exponent = try atom()
        guard exponent >= 0, exponent <= 30, exponent == exponent.rounded() else { throw notAFrame }
        for _ in 0..<Int(exponent) { result *= base }
        return result
    }

    private mutating func atom() throws(TokenProblem) -> Double {
        depth += 1
        defer { depth -= 1 }
        guard depth < 32 else { throw notAFrame }
        if take("-") { return -(try atom()) }
        if take("+") { return try atom() }
        if take("(") {
            let value = try sum()
            guard take(")") else { throw notAFrame }
            return value
        }
        let word = String(rest.reversed().prefix { $0.isLetter || $0.isDigit || $0 == "." || $0 == "_" })
        rest.removeLast(word.count)
        if word == "max_f" {
            guard let maxFrames else {
                throw TokenProblem(
                    message: "'\(text)' depends on the film's length, which this file does not say",
                    remedy: "say it with `nuwactl import FILE --frames 226`, and drop the script that this prints")
            }
            return Double(maxFrames)
        }
        guard word.first?.isDigit == true || word.first == ".", let value = Double(word) else { throw notAFrame }
        return value
    }
}
