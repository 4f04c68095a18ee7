/// A script as its author wrote it: settings, and prompts along a timeline whose keys are not yet frame numbers.
///
/// `Script.parse` makes one from text; `storyboard()` resolves it to one prompt per frame.
package struct Script: Sendable, Equatable {
    /// The file's name, for diagnostics.
    package var name: String
    /// Where the noise starts. `nil`: at `defaultSeed`.
    package var seed: UInt64?
    package var length: ScriptLength
    /// Frames per second, 1...120.
    package var fps: Int
    /// The name of a model directory (never a path). `nil`: the default model.
    package var model: String?
    /// Jobs of higher priority are rendered first, -100...100.
    package var priority: Int
    package var cues: [Cue]

    package init(
        name: String,
        seed: UInt64? = nil,
        length: ScriptLength,
        fps: Int = Script.defaultFPS,
        model: String? = nil,
        priority: Int = 0,
        cues: [Cue]
    ) {
        self.name = name
        self.seed = seed
        self.length = length
        self.fps = fps
        self.model = model
        self.priority = priority
        self.cues = cues
    }

    package static let defaultFPS = 24
    /// The seed of every script that names none: not of the text, so that an edit keeps what it did not touch.
    package static let defaultSeed: UInt64 = 0
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
    package var promptPlace: SourcePlace

    package init(key: CueKey, prompt: String, keyPlace: SourcePlace, promptPlace: SourcePlace) {
        self.key = key
        self.prompt = prompt
        self.keyPlace = keyPlace
        self.promptPlace = promptPlace
    }
}

/// A run of characters in one line of a script.
package struct SourcePlace: Sendable, Equatable {
    /// The first line is 1.
    package var line: Int
    /// The first character (as a reader counts, not bytes) is 1.
    package var column: Int
    /// In characters; 0 where something is missing.
    package var length: Int
    /// The whole line.
    package var text: String

    package init(line: Int, column: Int, length: Int, text: String) {
        self.line = line
        self.column = column
        self.length = length
        self.text = text
    }
}
