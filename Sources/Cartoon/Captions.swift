import Models

/// Words for what a setup shows, in many forms.
///
/// A caption names every character with what it does, which way each walker goes, the place, mostly the time, and the weather
/// unless it is clear. Where it names a side, that is true as long as the caption holds.
enum Captions {
    /// No caption is longer, in words.
    static let longest = 30

    /// The `wording`-th way to tell what a setup shows in `frames` of it, where its content is the same throughout.
    static func caption(of setup: Setup, frames: Range<Int>, seed: UInt64, wording: Int) -> String {
        var random = SplitMix64(
            seed: seed, stream: 1000 + UInt64(setup.index) << 32 + UInt64(frames.lowerBound) << 16 + UInt64(wording))
        return caption(of: CaptionScene(setup: setup, frames: frames), random: &random)
    }

    private static func caption(of scene: CaptionScene, random: inout SplitMix64) -> String {
        var writer = CaptionWriter(scene: scene, random: random)
        defer { random = writer.random }
        for _ in 0..<8 {
            let text = writer.write()
            if Tokenizer.words(in: text).count <= longest { return text }
        }
        return writer.writeTersely()
    }
}
