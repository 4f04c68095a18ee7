/// What a script may ask for. Beyond these it is refused with a sentence that names the limit.
public struct ScriptLimits: Sendable, Equatable {
    public var bytes: Int
    public var prompts: Int
    /// 50 626 is what four depths of 16-frame segments hold: 15⁴ + 1.
    public var frames: Int
    /// Characters in one prompt.
    public var promptLength: Int

    public init(bytes: Int = 256 * 1024, prompts: Int = 2000, frames: Int = 50_626, promptLength: Int = 1000) {
        self.bytes = bytes
        self.prompts = prompts
        self.frames = frames
        self.promptLength = promptLength
    }

    public static let `default` = ScriptLimits()
}
