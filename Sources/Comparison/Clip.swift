package import Models

/// One denoising of a film: at most L frames at once, some of which may be there already. What a segment is to a ``RenderPlan``, but any
/// frames may be known.
package struct Clip: Sendable, Equatable {
    /// Keys the noise: clips of one depth that make the same film frame would make it of the same noise.
    package let depth: Int
    /// The distance between neighbouring frames, in film frames.
    package let stride: Int
    /// Film frames by place; they may lie beyond the film's last, and what is remembered from long ago comes first.
    package let frames: [Int]
    /// Places of the frames that clips before this one made, ascending.
    package let places: [Int]

    /// Which decides how much work it is worth.
    package var known: Known {
        switch (places.first, places.last) {
        case (nil, _): .none
        case (0, frames.count - 1): .both
        default: .start
        }
    }

    /// The film frames that are there already.
    package var given: [Int] { places.map { frames[$0] } }

    /// The film frames that it makes, with their places.
    package var made: [(place: Int, frame: Int)] {
        frames.indices.filter { !places.contains($0) }.map { ($0, frames[$0]) }
    }
}
