import Cartoon
import Foundation

/// The procedural cartoon, drawn when it is asked for. Each clip is from an episode of its own, so nothing ever comes twice.
package struct CartoonCorpus: Corpus {
    package let split: Split
    package let width: Int
    package let height: Int
    /// How many ways each content is told.
    package let wordings: Int
    /// A stride that a clip may have is drawn more often than its neighbours: the middle depth of a film of 3376 frames has it.
    private static let middleStride = 15

    package init(split: Split, width: Int = 160, height: Int = 96, wordings: Int = 8) {
        self.split = split
        self.width = width
        self.height = height
        self.wordings = wordings
    }

    package func clip(_ number: UInt64, of kind: ClipKind) throws -> Clip {
        let seed = split.seed(number)
        var random = SplitMix64(seed: seed, stream: 3)
        let stride = stride(of: kind, random: &random)
        let span = stride * (kind.frames - 1)
        let episode = Episode(seed: seed, frames: max(3376, span + 1))
        let start = random.index(below: episode.frames - span)
        let frames = (0..<kind.frames).map { place -> Int in
            // Wide clips would otherwise know one distance only; these frames share no motion that a jitter could spoil.
            let jitter = stride >= ClipKind.wide ? random.between(-0.3, 0.3) * Double(stride) : 0
            return min(episode.frames - 1, max(0, start + stride * place + Int(jitter)))
        }
        let (runs, run) = runs(of: episode, frames: frames)
        return Clip(
            stride: stride, frames: frames,
            pictures: try frames.map { try episode.image(at: $0, width: width, height: height) }, runs: runs, run: run)
    }

    private func stride(of kind: ClipKind, random: inout SplitMix64) -> Int {
        let middle = Self.middleStride
        if kind.strides.contains(middle) && kind.strides.lowerBound > 1 && random.chance(0.5) { return middle }
        let (low, high) = (Double(kind.strides.lowerBound), Double(kind.strides.upperBound) + 1)
        return min(kind.strides.upperBound, Int(low * exp(random.unit() * log(high / low))))
    }

    private func runs(of episode: Episode, frames: [Int]) -> (runs: [Clip.Run], run: [Int]) {
        var runs: [Clip.Run] = []
        let run = frames.map { frame -> Int in
            let stretch = episode.stretch(at: frame)
            if runs.last?.start != stretch.lowerBound {
                let wordings = (0..<wordings).map { episode.caption(at: frame, wording: $0) }
                runs.append(Clip.Run(start: stretch.lowerBound, end: stretch.upperBound, wordings: wordings))
            }
            return runs.count - 1
        }
        return (runs, run)
    }
}
