import Models

/// Words for what a setup shows, in many forms.
///
/// A caption names every character with what it does, which way each walker goes, the place, mostly the time, and the weather
/// unless it is clear. Where it names a side, that is true as long as the caption holds.
package enum Captions {
    /// No caption is longer, in words.
    package static let longest = 30

    /// Every word that a caption can contain, sorted.
    package static let vocabulary: [String] = """
        a across again all along and are at back beach bo both boy bright by camera cave clear comes dark dawn day desert \
        dinosaur down dunes dusk early entrance evening face falling falls field forest friends front girl go goes \
        green hello here hop hopping hops houses in is it jump jumping jumps late left light lulu meadow meet meets middle \
        midday morning moves moon moonlight near night noon of old on over past pim rain raining rains red rest resting \
        rests right rises robot rok sand sea sets shines shore side sit sits sitting sky small snow snowing snows stand \
        standing stands stars still stroll strolling strolls sun sunset the they through to together town tree trees \
        two under up village wait waiting waits walk walking walks wave waves waving while woods yellow
        """.split(separator: " ").map(String.init).sorted()

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
