/// What a script may ask for. Beyond these it is refused with a sentence that names the limit.
package struct ScriptLimits: Sendable, Equatable {
    package var bytes: Int
    package var prompts: Int
    /// 50 626 is what four depths of 16-frame segments hold: 15⁴ + 1.
    package var frames: Int
    /// Characters in one prompt.
    package var promptLength: Int

    package init(bytes: Int = 256 * 1024, prompts: Int = 2000, frames: Int = 50_626, promptLength: Int = 1000) {
        self.bytes = bytes
        self.prompts = prompts
        self.frames = frames
        self.promptLength = promptLength
    }

    package static let `default` = ScriptLimits()
}
