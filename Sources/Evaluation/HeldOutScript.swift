package import Cartoon
package import Corpora

/// A script whose film can be judged: it tells an episode of the cartoon, which training never sees, so that for every frame it is known
/// what should be there.
package struct HeldOutScript: Sendable {
    package let episode: Episode
    /// In the grammar of docs/script.md.
    package let text: String

    package var name: String { "\(episode.seed)-\(episode.frames).nuwa" }

    /// The `number`-th script of a split for films of `frames` frames.
    package init(number: Int, frames: Int, of split: Split) {
        episode = Episode(seed: split.seed(UInt64(number)), frames: frames)
        var lines = ["seed \(episode.seed)", "frames \(frames)", "fps \(episode.fps)", ""]
        var frame = 0
        while frame < frames {
            lines.append("f\(frame) \(episode.caption(at: frame))")
            frame = episode.stretch(at: frame).upperBound
        }
        text = lines.joined(separator: "\n") + "\n"
    }
}
