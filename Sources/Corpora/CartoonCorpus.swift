import Cartoon

/// The procedural cartoon, drawn when it is asked for. Each clip is from an episode of its own, so nothing ever comes twice.
package struct CartoonCorpus: Corpus {
    package let split: Split
    package let width: Int
    package let height: Int
    /// How many ways each content is told.
    private static let wordings = 8

    package init(split: Split, width: Int, height: Int) {
        self.split = split
        self.width = width
        self.height = height
    }

    package func clip(_ number: UInt64, of kind: ClipKind) throws -> Clip {
        let seed = split.seed(number)
        var random = SplitMix64(seed: seed, stream: 3)
        let stride = kind.stride(random: &random)
        let episode = Episode(seed: seed, frames: max(3376, stride * (kind.frames - 1) + 1))
        let frames = kind.places(stride: stride, in: episode.frames, random: &random)
        let (runs, run) = runs(of: episode, frames: frames)
        return Clip(
            stride: stride, frames: frames,
            pictures: try frames.map { try episode.image(at: $0, width: width, height: height) }, runs: runs, run: run,
            figures: frames.map { episode.truth(at: $0).characters })
    }

    private func runs(of episode: Episode, frames: [Int]) -> (runs: [Clip.Run], run: [Int]) {
        var runs: [Clip.Run] = []
        let run = frames.map { frame -> Int in
            let stretch = episode.stretch(at: frame)
            if runs.last?.start != stretch.lowerBound {
                let wordings = (0..<Self.wordings).map { episode.caption(at: frame, wording: $0) }
                runs.append(Clip.Run(start: stretch.lowerBound, end: stretch.upperBound, wordings: wordings))
            }
            return runs.count - 1
        }
        return (runs, run)
    }
}
