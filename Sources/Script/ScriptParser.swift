/// Goes through the lines of a script once and collects settings, cues and every finding on the way.
struct ScriptParser {
    let name: String
    let limits: ScriptLimits
    private(set) var findings: [Diagnostic] = []

    private var places: [SettingName: SourcePlace] = [:]
    private var seed: UInt64?
    private var length: ScriptLength?
    private var fps = Script.defaultFPS
    private var model: String?
    private var priority = 0
    private var cues: [Cue] = []
    /// Counts those with errors too, so that a limit is told once and a script of bad cues is not called empty.
    private var cueLines = 0
    /// Lines left unread because of control characters; what seems to be missing may stand in them.
    private var unreadLines = 0

    init(name: String, limits: ScriptLimits) {
        self.name = name
        self.limits = limits
    }

    mutating func parse(_ source: ScriptSource) throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        for (index, text) in source.lines.enumerated() {
            guard !refusesControls(in: text, line: index + 1) else {
                unreadLines += 1
                continue
            }
            if let line = ScriptLine(number: index + 1, text: text) { parse(line) }
        }
        requireCues(in: source)
        requireLength(in: source)

        let resolver = CueResolver(
            name: name, cues: cues, frames: length?.frames(fps: fps), fps: fps, lengthIsGood: checkFrameLimit())
        let resolution = resolver.resolve()
        // Where cues are missing because of errors, what a resolver warns of may be their absence.
        findings += resolution.findings.filter { $0.severity == .error || cues.count == cueLines + unreadLines }
        guard let length, !findings.contains(where: { $0.severity == .error }) else { throw ScriptErrors(findings) }
        let script = Script(
            name: name, seed: seed, length: length, fps: fps, model: model, modelPlace: places[.model],
            priority: priority, cues: cues)
        return (script, findings.inReadingOrder)
    }

    private mutating func error(at place: SourcePlace, _ message: String, _ remedy: String) {
        findings.append(
            Diagnostic(severity: .error, name: name, place: place, message: message, remedy: remedy))
    }

    private mutating func error(at place: SourcePlace, _ problem: TokenProblem) {
        error(at: place, problem.message, problem.remedy)
    }

    // MARK: Lines

    private mutating func parse(_ line: ScriptLine) {
        let word = line[line.word]
        if let setting = SettingName(rawValue: word) {
            parse(setting, line)
        } else if CueKey.looksMeant(word) {
            parseCue(line)
        } else {
            refuse(word, line)
        }
    }

    private mutating func refuse(_ word: String, _ line: ScriptLine) {
        let place = line.place(line.word)
        let bare = word.prefix { $0 != ":" && $0 != "=" && $0 != "：" }
        if bare.count < word.count, let setting = SettingName(rawValue: String(bare)) {
            error(
                at: place, "'\(word)' is not a setting",
                "write a blank between name and value, as in '\(setting.example)'")
        } else if let setting = SettingName.meant(by: word) {
            error(at: place, "'\(word)' is not a setting", "did you mean '\(setting.rawValue)'?")
        } else if line.word.lowerBound > 0, cueLines > 0 {
            error(
                at: place, "'\(word)' is neither a setting nor \(CueKey.forms)",
                "a prompt is one line: join this line to the one above it")
        } else {
            error(
                at: place, "'\(word)' is neither a setting nor \(CueKey.forms)",
                "begin each prompt with when it starts, as in '0:25 Noon. Pim waves.'; comments begin with #")
        }
    }

    /// Control characters come from binary files and broken copies; terminals obey some of them.
    private mutating func refusesControls(in text: String, line: Int) -> Bool {
        var column = 0
        for character in text {
            column += 1
            guard let scalar = character.unicodeScalars.first, scalar != "\t",
                scalar.properties.generalCategory == .control
            else { continue }
            let code = String(scalar.value, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: 4 - code.count) + code
            error(
                at: SourcePlace(line: line, column: column, length: 1, text: text),
                scalar == "\0" ? "there is a NUL byte" : "there is a control character, U+\(padded)",
                "a script is plain text: remove it")
            return true
        }
        return false
    }

    // MARK: Cues

    private mutating func parseCue(_ line: ScriptLine) {
        cueLines += 1
        guard cueLines <= limits.prompts else {
            if cueLines == limits.prompts + 1 {
                error(
                    at: line.place(line.word), "there are more than \(limits.prompts) prompts",
                    "split the script, or raise the limit in the configuration")
            }
            return
        }
        let key: CueKey?
        do {
            key = try CueKey(parsing: line[line.word])
        } catch {
            self.error(at: line.place(line.word), error)
            key = nil
        }
        let prompt = line[line.rest]
        if prompt.isEmpty {
            error(
                at: line.place(after: line.word), "'\(line[line.word])' has no prompt",
                "write behind it, on the same line, what is to be seen")
        } else if prompt.count > limits.promptLength {
            error(
                at: line.place(line.rest),
                "the prompt has \(prompt.count) characters; at most \(limits.promptLength) are read",
                "shorten it, or let a second prompt say the rest")
        } else if let key {
            cues.append(
                Cue(key: key, prompt: prompt, keyPlace: line.place(line.word), promptPlace: line.place(line.rest)))
        }
    }

    private mutating func requireCues(in source: ScriptSource) {
        guard cueLines == 0, unreadLines == 0 else { return }
        let last = source.lines.lastIndex { !$0.allSatisfy(\.isWhitespace) } ?? 0
        let text = source.lines[last]
        error(
            at: SourcePlace(line: last + 1, column: text.count + 1, length: 0, text: text), "there is no prompt",
            "add a line such as '0:00 Morning. In the meadow, Pim walks to the right.'")
    }

    // MARK: Settings

    private mutating func parse(_ setting: SettingName, _ line: ScriptLine) {
        let name = line.place(line.word)
        if let first = places[setting] {
            error(at: name, "'\(setting.rawValue)' is set a second time; line \(first.line) sets it too", "keep one")
            return
        }
        let other: SettingName? = setting == .length ? .frames : setting == .frames ? .length : nil
        if let other, let first = places[other] {
            error(
                at: name, "the film's length is given twice: line \(first.line) sets '\(other.rawValue)'",
                "keep 'length' (a time) or 'frames' (a count)")
            return
        }
        places[setting] = name
        guard !line.rest.isEmpty else {
            error(
                at: line.place(after: line.word), "'\(setting.rawValue)' has no value",
                "write it behind the name, as in '\(setting.example)'")
            return
        }
        do {
            try set(setting, to: line[line.rest])
            if [.length, .frames, .model].contains(setting) { places[setting] = line.place(line.rest) }
        } catch {
            self.error(at: line.place(line.rest), error)
        }
    }

    private mutating func set(_ setting: SettingName, to value: String) throws(TokenProblem) {
        switch setting {
        case .seed: seed = try SettingValue.seed(value)
        case .length: length = .time(try SettingValue.length(value))
        case .frames: length = .frames(try SettingValue.frames(value))
        case .fps: fps = try SettingValue.fps(value)
        case .model: model = try SettingValue.model(value)
        case .priority: priority = try SettingValue.priority(value)
        }
    }

    private mutating func requireLength(in source: ScriptSource) {
        guard places[.length] == nil, places[.frames] == nil, unreadLines == 0 else { return }
        let place =
            cues.first?.keyPlace
            ?? SourcePlace(line: 1, column: 1, length: 0, text: source.lines[0])
        error(
            at: place, "the script does not say how long the film is",
            "add a line above the prompts: 'length 30s' (a time) or 'frames 226' (a count)")
    }

    /// Whether the film is as long as the limit allows.
    private mutating func checkFrameLimit() -> Bool {
        guard let length else { return false }
        let frames = length.frames(fps: fps)
        guard frames > limits.frames, let place = places[.length] ?? places[.frames] else { return true }
        let longest = Timecode(microseconds: limits.frames * 1_000_000 / fps)
        error(
            at: place, "the film would have \(frames) frames; at most \(limits.frames) are made",
            "at \(fps) fps a film can last \(longest.tabular); shorten it, or choose fewer frames per second")
        return false
    }
}
