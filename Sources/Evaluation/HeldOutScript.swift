package import Cartoon
package import Corpora

/// Which episodes of a split are looked at for what, by the number of the first of them: no two of these share any.
package enum EpisodeNumbers {
    /// Films of 226 frames and their keyframes, and the films of a comparison.
    package static let films = 0
    /// What a comparison sets in the place of its films.
    package static let others = 10_000
    /// Films of 3376 frames.
    package static let longFilms = 1_000_000
    /// Pictures that the recogniser is tried on.
    static let recognised = 2_000_000
    /// Pictures that go through the T-KLVAE.
    static let reconstructed = 3_000_000
    /// The recogniser learns from any below this, of the training split; what it is measured by while it learns is drawn likewise from the
    /// validation split, where it may now and then be an episode of those above.
    static let learnt = 1 << 30
}

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
