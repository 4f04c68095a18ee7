import Scripts

/// Prompts by frame in JSON: Deforum's `{"0": "…", "max_f/2": "…"}`, alone or in the settings file that Deforum writes beside a film;
/// and FizzNodes' batch schedules, the same without the braces.
///
/// A key is a frame or arithmetic with `max_f`, the length of the film; of two at one frame the later counts. Both tools blend each
/// prompt into the next; here it holds until then.
extension Reading {
    mutating func readPromptSchedule() {
        var reader = JSONReader(source)
        do {
            let members = try reader.members()
            let prompts = members.first { ["prompts", "animation_prompts"].contains($0.key.string) }
            if let prompts, case .object(let list) = prompts.value {
                readSettings(members)
                let prefix = members.first { $0.key.string == "animation_prompts_positive" }
                read(list, prefix: prefix.flatMap { if case .text(let text) = $0.value { text.tidied } else { nil } })
            } else {
                read(members, prefix: nil)
            }
            for comma in reader.strayCommas {
                draft.warning(at: comma, "nothing follows this comma, which JSON does not allow", "remove it")
            }
        } catch {
            draft.error(at: error.place, error.message, error.remedy)
        }
    }

    // MARK: Settings

    /// Of Deforum's settings those that nuwa has too. The others say how a camera moves through pictures.
    private mutating func readSettings(_ members: [JSONReader.Member]) {
        for member in members {
            switch (member.key.string, member.value) {
            case ("prompts", _), ("animation_prompts", _): break
            case ("animation_prompts_positive", .text): break
            case ("animation_prompts_negative", .text(let text)):
                if !text.tidied.isEmpty { ignored.note(.negative, at: text.tidied.start(in: source)) }
            case ("max_frames", .number(let text)):
                set(.frames, text, member.valuePlace)
                draft.lengthPlace = member.valuePlace
            // Deforum rounds it as well when it calls ffmpeg.
            case ("fps", .number(let text)):
                set(.fps, Double(text).map { "\(Int($0.rounded().clamped(to: -1...1000)))" } ?? text, member.valuePlace)
            // -1 has Deforum choose one.
            case ("seed", .number(let text)): if !text.hasPrefix("-") { set(.seed, text, member.valuePlace) }
            default: ignored.note(.setting, at: member.keyPlace)
            }
        }
    }

    private mutating func set(_ setting: SettingName, _ text: String, _ place: SourcePlace) {
        do {
            try draft.settings.set(setting, to: text)
        } catch {
            draft.error(at: place, error)
        }
    }

    // MARK: Prompts

    /// - Parameter prefix: what Deforum puts before each prompt
    private mutating func read(_ members: [JSONReader.Member], prefix: TracedText?) {
        let length = overrides.length ?? draft.settings.length
        let fps = overrides.fps ?? draft.settings.fps ?? Script.defaultFPS
        let frames = length?.frames(fps: fps)
        for member in members {
            guard case .text(let text) = member.value else {
                draft.error(
                    at: member.keyPlace,
                    "this is no prompt: \(member.keyPlace.quoted) stands for something else than text",
                    "write each prompt as \"48\": \"what is to be seen\"")
                continue
            }
            let frame: Int
            do {
                frame = try FrameExpression(member.key.string, maxFrames: frames).value()
            } catch {
                draft.error(at: member.keyPlace, error)
                continue
            }
            // Neither tool ever reaches it.
            if let frames, frame >= frames {
                ignored.note(.beyond, at: member.keyPlace)
                _ = draft.takesPrompt(at: member.keyPlace)
                continue
            }
            guard let prompt = prompt(text, prefix: prefix, of: member) else { continue }
            add(Entry(key: .frame(frame), prompt: prompt, keyPlace: member.keyPlace))
        }
    }

    /// nil where it is too long or nothing is left of it, which is told.
    private mutating func prompt(
        _ text: TracedText, prefix: TracedText?, of member: JSONReader.Member
    ) -> TracedText? {
        guard text.count - PromptMarkup.longest <= draft.limits.promptCharacters else {
            _ = draft.takesLength(of: text.string, at: member.valuePlace)
            return nil
        }
        var markup = PromptMarkup(source: source, ignored: ignored)
        var whole = prefix.map { markup.plain($0) } ?? TracedText()
        whole.append(joining: markup.plain(text))
        ignored = markup.ignored
        whole = whole.tidied
        guard !whole.isEmpty else {
            ignored.note(.empty, at: member.keyPlace)
            return nil
        }
        return whole
    }
}

extension SourcePlace {
    fileprivate var quoted: String { String(text.dropFirst(column - 1).prefix(length)) }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
