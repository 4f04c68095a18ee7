/// What the settings of a script say; nil for those that it leaves out.
package struct ScriptSettings: Sendable, Equatable {
    package var seed: UInt64?
    package var length: ScriptLength?
    /// Frames per second, 1...120.
    package var fps: Int?
    package var model: String?
    package var priority: Int?
    /// Whether the film waits for approval when its keyframes are there.
    package var hold: Bool?

    package init() {}

    /// What `other` says instead, where it says anything.
    package mutating func override(by other: ScriptSettings) {
        seed = other.seed ?? seed
        length = other.length ?? length
        fps = other.fps ?? fps
        model = other.model ?? model
        priority = other.priority ?? priority
        hold = other.hold ?? hold
    }

    /// Sets one from its text, which is empty where there is none. Of `length` and `frames` the later holds.
    package mutating func set(_ setting: SettingName, to value: String) throws(TokenProblem) {
        switch setting {
        case .seed: seed = try SettingValue.seed(value)
        case .length: length = .time(try SettingValue.length(value))
        case .frames: length = .frames(try SettingValue.frames(value))
        case .fps: fps = try SettingValue.fps(value)
        case .model: model = try SettingValue.model(value)
        case .priority: priority = try SettingValue.priority(value)
        case .hold: hold = try SettingValue.hold(value)
        }
    }
}

/// The settings of a script.
package enum SettingName: String, CaseIterable, Sendable {
    case seed, length, frames, fps, model, priority, hold

    /// Whether it says all by being there.
    package var isFlag: Bool { self == .hold }

    /// Names that people know from other tools.
    private static let synonyms: [String: SettingName] = [
        "duration": .length, "time": .length, "frame": .frames, "framecount": .frames, "rate": .fps,
        "framerate": .fps, "prio": .priority, "weights": .model, "random": .seed,
        "approve": .hold, "storyboard": .hold,
    ]

    /// The setting that a misspelt word means, if that is plain.
    static func meant(by word: String) -> SettingName? {
        guard word.utf8.count <= 60 else { return nil }
        let lower = word.plain.lowercased()
        if let exact = SettingName(rawValue: lower) ?? synonyms[lower] { return exact }
        return nearWords(to: lower, among: allCases.map(\.rawValue), count: 1).first.flatMap(SettingName.init)
    }

    /// A right line, to show in a remedy.
    var example: String {
        switch self {
        case .seed: "seed 42"
        case .length: "length 2m20s"
        case .frames: "frames 3376"
        case .fps: "fps 24"
        case .model: "model cartoon"
        case .priority: "priority 10"
        case .hold: "hold"
        }
    }
}

/// Reads the values of settings.
enum SettingValue {
    static func seed(_ text: String) throws(TokenProblem) -> UInt64 {
        if text.isDigits, let seed = UInt64(text) { return seed }
        throw TokenProblem(
            message: "'\(text)' is not a seed",
            remedy: wholeNumber(text) ?? "a seed is a whole number from 0 to \(UInt64.max)")
    }

    static func length(_ text: String) throws(TokenProblem) -> Timecode {
        let time: Timecode
        do {
            time = try Timecode(parsing: text)
        } catch {
            throw lengthProblem(text) ?? error
        }
        guard time.microseconds > 0 else {
            throw TokenProblem(
                message: "'\(text)' is no length for a film", remedy: "write how long it lasts, as in 'length 30s'")
        }
        return time
    }

    static func frames(_ text: String) throws(TokenProblem) -> Int {
        if let frames = integer(text), frames >= 2 { return frames }
        let isTime = !text.isDigits && (try? Timecode(parsing: text)) != nil
        throw TokenProblem(
            message: "'\(text)' is not a number of frames",
            remedy: isTime
                ? "for a time write 'length \(text)'"
                : wholeNumber(text) ?? "a film has 2 frames or more, as in 'frames 226'")
    }

    static func fps(_ text: String) throws(TokenProblem) -> Int {
        if let fps = integer(text), (1...120).contains(fps) { return fps }
        let number = text.lowercased().hasSuffix("fps") ? String(text.dropLast(3)) : text
        if number != text, let fps = integer(number), (1...120).contains(fps) {
            throw TokenProblem(message: "'\(text)' is not a number", remedy: "write 'fps \(fps)'")
        }
        if let fraction = Double(text), !text.isDigits, (1...120).contains(fraction.rounded()) {
            throw TokenProblem(
                message: "'\(text)' is not a whole number of frames per second",
                remedy: "write 'fps \(Int(fraction.rounded()))'")
        }
        throw TokenProblem(
            message: "'\(text)' is not a number of frames per second from 1 to 120",
            remedy: wholeNumber(text) ?? "write 'fps 24', or leave the line out for 24")
    }

    /// A name, never a path: a dropped file must not choose directories.
    static func model(_ text: String) throws(TokenProblem) -> String {
        let isName = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        guard isName, text.count <= 64, text.first?.isLetter == true || text.first?.isNumber == true else {
            throw TokenProblem(
                message: "'\(text)' is not the name of a model",
                remedy: "write the name of its directory, as in 'model cartoon': letters, digits, '.', '-', '_'")
        }
        return text
    }

    static func priority(_ text: String) throws(TokenProblem) -> Int {
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
        if let size = integer(digits), size <= 100 { return text.hasPrefix("-") ? -size : size }
        throw TokenProblem(
            message: "'\(text)' is not a priority",
            remedy: wholeNumber(text) ?? "a priority is a whole number from -100 to 100; higher goes first")
    }

    static func hold(_ text: String) throws(TokenProblem) -> Bool {
        guard text.isEmpty else {
            throw TokenProblem(
                message: "'hold' takes no value", remedy: "write it alone on its line, or leave it out")
        }
        return true
    }

    private static func integer(_ text: String) -> Int? {
        text.isDigits && text.count <= 9 ? Int(text) : nil
    }

    /// The remedy for `3,376` and `３３７６`.
    private static func wholeNumber(_ text: String) -> String? {
        let digits = text.plain.filter { !",_'".contains($0) }
        return digits.isDigits && digits != text && digits.count <= 9 ? "write '\(digits)'" : nil
    }

    private static func lengthProblem(_ text: String) -> TokenProblem? {
        if text.isDigits {
            return TokenProblem(
                message: "'\(text)' has no unit",
                remedy: "write 'length \(text)s' for seconds, or 'frames \(text)' for a number of frames")
        }
        let joined = text.plain.filter { !$0.isWhitespace }
        guard joined != text, (try? Timecode(parsing: joined)) != nil else { return nil }
        return TokenProblem(message: "'\(text)' is not a length", remedy: "write '\(joined)'")
    }
}
