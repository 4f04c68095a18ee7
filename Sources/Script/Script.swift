/// A script as its author wrote it: settings, and prompts along a timeline whose keys are not yet frame numbers.
///
/// `Script.parse` makes one from text; `storyboard()` resolves it to one prompt per frame.
public struct Script: Sendable, Equatable {
    /// The file's name, for diagnostics.
    public var name: String
    /// Where the noise starts. `nil`: at `defaultSeed`.
    public var seed: UInt64?
    public var length: ScriptLength
    /// Frames per second, 1...120.
    public var fps: Int
    /// The name of a model directory (never a path). `nil`: the default model.
    public var model: String?
    /// Jobs of higher priority are rendered first, -100...100.
    public var priority: Int
    public var cues: [Cue]

    public init(
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

    public static let defaultFPS = 24
    /// The seed of every script that names none: not of the text, so that an edit keeps what it did not touch.
    public static let defaultSeed: UInt64 = 0
}

/// How long the film is, in the unit that the author chose.
public enum ScriptLength: Sendable, Equatable {
    case time(Timecode)
    case frames(Int)

    /// The number of frames at `fps`, rounded; a film has at least two, since both of its ends are planned.
    public func frames(fps: Int) -> Int {
        switch self {
        case .time(let time): max(2, time.frame(fps: fps))
        case .frames(let count): count
        }
    }
}

/// A prompt and when it starts. It holds until the next cue.
public struct Cue: Sendable, Equatable {
    public var key: CueKey
    public var prompt: String
    /// Where the key stands in the file.
    public var keyPlace: SourcePlace
    /// Where the prompt stands in the file.
    public var promptPlace: SourcePlace

    public init(key: CueKey, prompt: String, keyPlace: SourcePlace, promptPlace: SourcePlace) {
        self.key = key
        self.prompt = prompt
        self.keyPlace = keyPlace
        self.promptPlace = promptPlace
    }
}

/// A run of characters in one line of a script.
public struct SourcePlace: Sendable, Equatable {
    /// The first line is 1.
    public var line: Int
    /// The first character (as a reader counts, not bytes) is 1.
    public var column: Int
    /// In characters; 0 where something is missing.
    public var length: Int
    /// The whole line.
    public var text: String

    public init(line: Int, column: Int, length: Int, text: String) {
        self.line = line
        self.column = column
        self.length = length
        self.text = text
    }
}
