/// A script in the making: what the reader of some format has found in a text so far, with all that is wrong on the way.
package struct ScriptDraft {
    package let name: String
    package let limits: ScriptLimits
    /// The model that would render it; nil where that is not settled.
    private let model: String?
    package var settings = ScriptSettings()
    /// Where the text says how long the film is; errors about its length are shown there.
    package var lengthPlace: SourcePlace?
    package var modelPlace: SourcePlace?
    /// In the order in which they are to be shown.
    package var cues: [Cue] = []
    package private(set) var diagnostics: [Diagnostic] = []
    /// Counts those with errors too, so that a limit is told once and a script of bad cues is not called empty.
    package private(set) var promptCount = 0
    /// Lines left unread because of control characters; what seems to be missing may stand in them.
    package private(set) var unreadLines = 0

    package init(name: String, limits: ScriptLimits, model: String?) {
        self.name = name
        self.limits = limits
        self.model = model
    }

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    // MARK: Diagnostics

    package mutating func error(at place: SourcePlace, _ message: String, _ remedy: String) {
        find(.error, at: place, message, remedy)
    }

    package mutating func error(at place: SourcePlace, _ problem: TokenProblem) {
        find(.error, at: place, problem.message, problem.remedy)
    }

    package mutating func warning(at place: SourcePlace, _ message: String, _ remedy: String) {
        find(.warning, at: place, message, remedy)
    }

    private mutating func find(
        _ severity: Diagnostic.Severity, at place: SourcePlace, _ message: String, _ remedy: String
    ) {
        diagnostics.append(Diagnostic(severity: severity, name: name, place: place, message: message, remedy: remedy))
    }

    /// Control characters come from binary files and broken copies; terminals obey some of them.
    package mutating func refusesControls(in text: String, line: Int) -> Bool {
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
            unreadLines += 1
            return true
        }
        return false
    }

    // MARK: Prompts

    /// Whether one more prompt is within the limit. To be asked before each; an excess is told once.
    package mutating func takesPrompt(at place: SourcePlace) -> Bool {
        promptCount += 1
        if promptCount - 1 == limits.prompts {
            error(
                at: place, "there are more than \(limits.prompts) prompts",
                "split the script, or raise the limit in the configuration")
        }
        return promptCount <= limits.prompts
    }

    /// Whether a prompt is short enough; else it is told where it stands.
    package mutating func takesLength(of prompt: String, at place: SourcePlace) -> Bool {
        guard prompt.count > limits.promptCharacters else { return true }
        error(
            at: place, "the prompt has \(prompt.count) characters; at most \(limits.promptCharacters) are read",
            "shorten it, or let a second prompt say the rest")
        return false
    }

    // MARK: The whole

    /// The script, and what its author should know in the order of the lines.
    ///
    /// Throws all that is wrong: what was found before, and cues out of order, beyond the end of the film or of the limits. Without a
    /// length, which whoever reads the text has told already, it throws what was found.
    package mutating func finished() throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        checkModel()
        let fps = settings.fps ?? Script.defaultFPS
        let resolver = CueResolver(
            name: name, cues: cues, frames: settings.length?.frames(fps: fps), fps: fps,
            lengthIsGood: checkFrameLimit(fps: fps))
        // Where cues are missing because of errors, what a resolver warns of may be their absence.
        diagnostics += resolver.resolve().diagnostics.filter {
            $0.severity == .error || cues.count == promptCount + unreadLines
        }
        guard let length = settings.length, !hasErrors else { throw ScriptErrors(diagnostics) }
        let script = Script(
            name: name, seed: settings.seed, length: length, lengthPlace: lengthPlace, fps: fps, model: settings.model,
            modelPlace: modelPlace,
            priority: settings.priority ?? 0, hold: settings.hold ?? false, cues: cues)
        return (script, diagnostics.inReadingOrder)
    }

    private mutating func checkModel() {
        guard let model, let wanted = settings.model, wanted != model else { return }
        let other = OtherModel(wanted: wanted, loaded: model)
        error(at: modelPlace ?? SourcePlace(line: 1, column: 1, length: 0, text: ""), other.message, other.remedy)
    }

    /// Whether the film is as long as the limit allows.
    private mutating func checkFrameLimit(fps: Int) -> Bool {
        guard let length = settings.length else { return false }
        let frames = length.frames(fps: fps)
        guard frames > limits.frames, let lengthPlace else { return true }
        let longest = Timecode(microseconds: limits.frames * 1_000_000 / fps)
        error(
            at: lengthPlace, "the film would have \(frames) frames; at most \(limits.frames) are made",
            "at \(fps) fps a film can last \(longest.tabular); shorten it, or choose fewer frames per second")
        return false
    }
}
