import Plans

/// A script as its author wrote it: settings, and prompts along a timeline whose keys are not yet frame numbers.
///
/// `Script.parse` makes one from text in nuwa's own format (the room `Imports` reads others as well); `storyboard()` resolves it to one prompt per frame.
package struct Script: Sendable, Equatable {
    /// The file's name, for diagnostics.
    package var name: String
    /// Where the noise starts. `nil`: at `defaultSeed`.
    package var seed: UInt64?
    package var length: ScriptLength
    /// Where the script tells its length.
    package var lengthPlace: SourcePlace?
    /// Frames per second, 1...120.
    package var fps: Int
    /// The name of a model directory (never a path). `nil`: the default model.
    package var model: String?
    /// Where the script names its model.
    package var modelPlace: SourcePlace?
    /// Jobs of higher priority are rendered first, -100...100.
    package var priority: Int
    /// Whether the film waits for approval when its keyframes are there.
    package var hold: Bool
    package var cues: [Cue]

    package init(
        name: String,
        seed: UInt64?,
        length: ScriptLength,
        lengthPlace: SourcePlace?,
        fps: Int,
        model: String?,
        modelPlace: SourcePlace?,
        priority: Int,
        hold: Bool,
        cues: [Cue]
    ) {
        self.name = name
        self.seed = seed
        self.length = length
        self.lengthPlace = lengthPlace
        self.fps = fps
        self.model = model
        self.modelPlace = modelPlace
        self.priority = priority
        self.hold = hold
        self.cues = cues
    }

    package static let defaultFPS = 24
    /// The seed of every script that names none: not of the text, so that an edit keeps what it did not touch.
    package static let defaultSeed: UInt64 = 0

    /// Reads a script in nuwa's own format. `name` is what the diagnostics call it.
    ///
    /// Throws all errors at once, so that one round of corrections is enough.
    ///
    /// - Parameters:
    ///   - overrides: what to use instead of what the script says
    ///   - model: the one that would render it; a script for another is refused
    package static func parse(
        _ source: ScriptSource, name: String, limits: ScriptLimits, overrides: ScriptSettings, model: String?
    ) throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        var parser = ScriptParser(name: name, limits: limits, model: model)
        return try parser.parse(source, overrides: overrides)
    }

    /// One prompt per frame. The first prompt holds from frame 0 on, wherever its key is.
    ///
    /// Never throws for a script that `parse` returned. For one made otherwise: `ScriptErrors` where cues are out of
    /// order or beyond the end, `StoryboardError` where there are none or the length is out of range.
    package func storyboard() throws -> Storyboard {
        let frames = length.frames(fps: fps)
        let resolver = CueResolver(name: name, cues: cues, frames: frames, fps: fps, lengthIsGood: true)
        let (shots, diagnostics) = resolver.resolve()
        guard !diagnostics.contains(where: { $0.severity == .error }) else { throw ScriptErrors(diagnostics) }
        return try Storyboard(frames: frames, fps: fps, shots: shots)
    }
}

/// What a script may ask for. Beyond these it is refused with a sentence that names the limit.
package struct ScriptLimits: Sendable, Equatable {
    package var bytes: Int
    package var prompts: Int
    package var frames: Int
    /// Characters in one prompt.
    package var promptCharacters: Int

    package init(
        bytes: Int = 256 * 1024, prompts: Int = 2000, frames: Int = RenderPlan.frameRange.upperBound,
        promptCharacters: Int = 1000
    ) {
        self.bytes = bytes
        self.prompts = prompts
        self.frames = frames
        self.promptCharacters = promptCharacters
    }

    package static let `default` = ScriptLimits()

    /// For the workbench, which no configuration limits: what no film can be longer than.
    package static let workbench = ScriptLimits(bytes: .max, prompts: .max, promptCharacters: .max)

    /// For scripts that were accepted before: the limits of today are for scripts of today.
    package static let accepted = ScriptLimits(bytes: .max, prompts: .max, frames: .max, promptCharacters: .max)
}

/// How long the film is, in the unit that the author chose.
package enum ScriptLength: Sendable, Equatable {
    case time(Timecode)
    case frames(Int)

    /// The number of frames at `fps`, rounded; a film has at least two, since both of its ends are planned.
    package func frames(fps: Int) -> Int {
        switch self {
        case .time(let time): max(2, time.frame(fps: fps))
        case .frames(let count): count
        }
    }
}

/// A prompt and when it starts. It holds until the next cue.
package struct Cue: Sendable, Equatable {
    package var key: CueKey
    package var prompt: String
    /// Where the key stands in the file.
    package var keyPlace: SourcePlace
    /// Where the prompt stands in the file.
    package var promptPlace: PromptPlace

    package init(key: CueKey, prompt: String, keyPlace: SourcePlace, promptPlace: PromptPlace) {
        self.key = key
        self.prompt = prompt
        self.keyPlace = keyPlace
        self.promptPlace = promptPlace
    }
}
