import Scripts

/// A file of another format on its way to a script. What is common to the formats is here; each has an extension of its own.
struct Reading {
    /// A prompt, when it begins, and where that stands.
    struct Entry {
        var key: CueKey
        var prompt: TracedText
        var keyPlace: SourcePlace
    }

    var draft: ScriptDraft
    let source: SourceText
    let overrides: ScriptSettings
    var ignored = Ignored()
    /// In the order of the file.
    var entries: [Entry] = []
    /// What becomes of two prompts at one frame.
    var collision = Collision.lastWins

    enum Collision {
        /// As in a dictionary of prompts by frame.
        case lastWins
        /// As of subtitles that are shown together.
        case joined
    }

    init(draft: ScriptDraft, source: SourceText, overrides: ScriptSettings) {
        self.draft = draft
        self.source = source
        self.overrides = overrides
    }

    /// Takes an entry in, unless it is one too many.
    mutating func add(_ entry: Entry) {
        if draft.takesPrompt(at: entry.keyPlace) { entries.append(entry) }
    }

    mutating func finished() throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        draft.settings.override(by: overrides)
        if draft.promptCount == 0, !draft.hasErrors {
            draft.error(at: source.end, "there is no prompt", "docs/script.md shows what each format looks like")
        }
        requireLength()
        arrange()
        ignored.report(to: &draft)
        return try draft.finished()
    }

    // MARK: The length of the film

    /// A list of prompts seldom says how long the last one holds; as long as the one before it is the best guess.
    private mutating func requireLength() {
        let starts = entries.compactMap { $0.key.frame(fps: fps, frames: nil) }
        let latest = zip(starts, entries).max { $0.0 < $1.0 }
        if draft.lengthPlace == nil { draft.lengthPlace = latest?.1.keyPlace ?? entries.last?.keyPlace }
        guard draft.settings.length == nil, !draft.hasErrors else { return }
        guard starts.count == entries.count, let last = starts.max(),
            let before = starts.filter({ $0 < last }).max(), let place = draft.lengthPlace
        else {
            draft.error(
                at: draft.lengthPlace ?? source.end, "the file does not say how long the film is",
                "say it with `nuwactl import \(draft.name) --length 30s`, and drop the script that this prints")
            return
        }
        draft.settings.length = .frames(last + (last - before))
        draft.warning(
            at: place, "the file does not say how long the film is: its last prompt holds as long as the one before",
            "to say it, drop what `nuwactl import \(draft.name) --length 30s` prints")
    }

    private var fps: Int { draft.settings.fps ?? Script.defaultFPS }

    // MARK: The order of the prompts

    /// Sorts the prompts by time, the first from the beginning of the film on, with one at most to a frame.
    private mutating func arrange() {
        let frames = draft.settings.length?.frames(fps: fps)
        let placed = entries.enumerated().compactMap { index, entry in
            entry.key.frame(fps: fps, frames: frames).map { (frame: $0, index: index, entry: entry) }
        }.sorted { ($0.frame, $0.index) < ($1.frame, $1.index) }
        var arranged: [(frame: Int, entry: Entry)] = []
        for (frame, _, entry) in placed {
            guard let before = arranged.last, before.frame == frame else {
                arranged.append((frame, entry))
                continue
            }
            switch collision {
            case .lastWins:
                ignored.note(.replaced, at: entry.keyPlace)
                arranged[arranged.count - 1].entry = entry
            case .joined:
                arranged[arranged.count - 1].entry.prompt.append(joining: entry.prompt)
            }
        }
        // In all of these formats the first prompt counts from the beginning.
        if !arranged.isEmpty { arranged[0].entry.key = arranged[0].entry.key.beginning }
        draft.cues = arranged.compactMap { _, entry in
            let prompt = entry.prompt
            guard draft.takesLength(of: prompt.string, at: prompt.start(in: source)) else { return nil }
            return Cue(
                key: entry.key, prompt: prompt.string, keyPlace: entry.keyPlace, promptPlace: prompt.place(in: source))
        }
    }
}

extension CueKey {
    /// The beginning of a film, in the same unit.
    fileprivate var beginning: CueKey {
        switch self {
        case .time: .time(Timecode(microseconds: 0))
        case .frame: .frame(0)
        case .percent: .percent(0)
        }
    }
}

extension TracedText {
    /// Another text behind this one, after a blank.
    mutating func append(joining other: TracedText) {
        if !isEmpty, let last = positions.last {
            append(" ", at: SourceText.Position(line: last.line, column: last.column + 1))
        }
        append(other)
    }
}
