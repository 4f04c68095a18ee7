/// One making of a film's keyframes. The first makes all of them; a later one makes some again, while the others stay as they are and
/// are known to it.
package struct Take: Sendable, Equatable, Codable {
    /// Where its noise starts.
    package let seed: UInt64
    /// Which keyframes it makes, by their places from 0; nil for all.
    package let keyframes: [Int]?
    /// What each keyframe shows; nil: what the script says.
    package let prompts: [String]?

    package init(seed: UInt64, keyframes: [Int]? = nil, prompts: [String]? = nil) {
        self.seed = seed
        self.keyframes = keyframes
        self.prompts = prompts
    }
}
