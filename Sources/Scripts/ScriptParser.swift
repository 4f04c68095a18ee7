/// Goes through the lines of a script once and collects settings, cues and every diagnostic on the way.
struct ScriptParser {
    private var draft: ScriptDraft
    private var places: [SettingName: SourcePlace] = [:]

    init(name: String, limits: ScriptLimits, model: String?) {
        draft = ScriptDraft(name: name, limits: limits, model: model)
    }

    mutating func parse(
        _ source: ScriptSource, overrides: ScriptSettings
    ) throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        for (index, text) in source.lines.enumerated() {
            guard !draft.refusesControls(in: text, line: index + 1) else { continue }
            if let line = ScriptLine(number: index + 1, text: text) { parse(line) }
        }
        requireCues(in: source)
        if overrides.length == nil { requireLength(in: source) }
        draft.settings.override(by: overrides)
        draft.lengthPlace = places[.length] ?? places[.frames] ?? draft.cues.first?.keyPlace
        draft.modelPlace = places[.model]
        return try draft.finished()
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
            draft.error(
                at: place, "'\(word)' is not a setting",
                "write a blank between name and value, as in '\(setting.example)'")
        } else if let setting = SettingName.meant(by: word) {
            draft.error(at: place, "'\(word)' is not a setting", "did you mean '\(setting.rawValue)'?")
        } else if line.word.lowerBound > 0, draft.promptCount > 0 {
            draft.error(
                at: place, "'\(word)' is neither a setting nor \(CueKey.forms)",
                "a prompt is one line: join this line to the one above it")
        } else {
            draft.error(
                at: place, "'\(word)' is neither a setting nor \(CueKey.forms)",
                "begin each prompt with when it starts, as in '0:25 Noon. Pim waves.'; comments begin with #")
        }
    }

    // MARK: Cues

    private mutating func parseCue(_ line: ScriptLine) {
        guard draft.takesPrompt(at: line.place(line.word)) else { return }
        let key: CueKey?
        do {
            key = try CueKey(parsing: line[line.word])
        } catch {
            draft.error(at: line.place(line.word), error)
            key = nil
        }
        let prompt = line[line.rest]
        if prompt.isEmpty {
            draft.error(
                at: line.place(after: line.word), "'\(line[line.word])' has no prompt",
                "write behind it, on the same line, what is to be seen")
        } else if draft.takesLength(of: prompt, at: line.place(line.rest)), let key {
            draft.cues.append(
                Cue(
                    key: key, prompt: prompt, keyPlace: line.place(line.word),
                    promptPlace: PromptPlace(line.place(line.rest))))
        }
    }

    private mutating func requireCues(in source: ScriptSource) {
        guard draft.promptCount == 0, draft.unreadLines == 0 else { return }
        draft.error(
            at: source.end, "there is no prompt",
            "add a line such as '0:00 Morning. In the meadow, Pim walks to the right.'")
    }

    // MARK: Settings

    private mutating func parse(_ setting: SettingName, _ line: ScriptLine) {
        let name = line.place(line.word)
        if let first = places[setting] {
            draft.error(
                at: name, "'\(setting.rawValue)' is set a second time; line \(first.line) sets it too", "keep one")
            return
        }
        let other: SettingName? = setting == .length ? .frames : setting == .frames ? .length : nil
        if let other, let first = places[other] {
            draft.error(
                at: name, "the film's length is given twice: line \(first.line) sets '\(other.rawValue)'",
                "keep 'length' (a time) or 'frames' (a count)")
            return
        }
        places[setting] = name
        guard setting.isFlag || !line.rest.isEmpty else {
            draft.error(
                at: line.place(after: line.word), "'\(setting.rawValue)' has no value",
                "write it behind the name, as in '\(setting.example)'")
            return
        }
        do {
            try draft.settings.set(setting, to: line[line.rest])
            if [.length, .frames, .model].contains(setting) { places[setting] = line.place(line.rest) }
        } catch {
            draft.error(at: line.place(line.rest), error)
        }
    }

    private mutating func requireLength(in source: ScriptSource) {
        guard places[.length] == nil, places[.frames] == nil, draft.unreadLines == 0 else { return }
        let place =
            draft.cues.first?.keyPlace
            ?? SourcePlace(line: 1, column: 1, length: 0, text: source.lines[0])
        draft.error(
            at: place, "the script does not say how long the film is",
            "add a line above the prompts: 'length 30s' (a time) or 'frames 226' (a count)")
    }
}
