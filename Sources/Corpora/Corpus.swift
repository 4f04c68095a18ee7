package import Cartoon
import Foundation
package import Pictures

/// Where clips come from: the cartoon, or somebody's films.
package protocol Corpus: Sendable {
    /// The clip of a number: the same number, the same clip, whatever was asked for before.
    func clip(_ number: UInt64, of kind: ClipKind) throws -> Clip
}

/// What kind of clip is wanted.
package struct ClipKind: Codable, Sendable, Equatable {
    package let frames: Int
    /// Film frames between two neighbours, drawn log-uniformly from this range.
    package let strides: ClosedRange<Int>

    /// From here on neighbours share no motion, and a clip's frames may lie a little off the even grid.
    package static let wide = 60

    /// - Precondition: `frames` and all strides are at least 1.
    package init(frames: Int, strides: ClosedRange<Int>) {
        precondition(frames >= 1 && strides.lowerBound >= 1, "a clip of \(frames) frames at strides \(strides)")
        self.frames = frames
        self.strides = strides
    }

    /// Single pictures.
    package static let still = ClipKind(frames: 1, strides: 1...1)

    /// The middle depth of a film of 3376 frames has this stride: where a kind allows it, half of its clips have it too.
    private static let middle = 15

    func stride(random: inout SplitMix64) -> Int {
        if strides.contains(Self.middle) && strides.lowerBound > 1 && random.chance(0.5) { return Self.middle }
        let (low, high) = (Double(strides.lowerBound), Double(strides.upperBound) + 1)
        return min(strides.upperBound, Int(low * exp(random.unit() * log(high / low))))
    }

    /// Frame numbers of a clip somewhere in a film, which is at least as long as the clip.
    func places(stride: Int, in film: Int, random: inout SplitMix64) -> [Int] {
        let start = random.index(below: film - stride * (frames - 1))
        return (0..<frames).map { place in
            // Wide clips would otherwise know one distance only; their frames share no motion that a jitter could spoil.
            let jitter = stride >= Self.wide ? random.between(-0.3, 0.3) * Double(stride) : 0
            return min(film - 1, max(0, start + stride * place + Int(jitter)))
        }
    }
}

/// Some frames of one film, evenly spaced or nearly so, and what is to be seen in each.
package struct Clip: Sendable {
    /// Frames of the film for which one prompt holds.
    package struct Run: Codable, Sendable, Equatable {
        package let start: Int
        /// The first frame after it.
        package let end: Int
        /// Different ways to tell the same; at least one.
        package let wordings: [String]

        package init(start: Int, end: Int, wordings: [String]) {
            self.start = start
            self.end = end
            self.wordings = wordings
        }
    }

    /// Film frames between two neighbours, on average.
    package let stride: Int
    /// The numbers of the frames in their film, ascending.
    package let frames: [Int]
    package let pictures: [Image]
    package let runs: [Run]
    /// By frame: which of `runs` it belongs to.
    package let run: [Int]
    /// By frame: who is where, and does what; nil where nobody knows.
    package let figures: [[Truth.Figure]]?

    package init(
        stride: Int, frames: [Int], pictures: [Image], runs: [Run], run: [Int],
        figures: [[Truth.Figure]]? = nil
    ) {
        precondition(frames.count == pictures.count && frames.count == run.count, "a clip's parts are one per frame")
        self.stride = stride
        self.frames = frames
        self.pictures = pictures
        self.runs = runs
        self.run = run
        self.figures = figures
    }
}
