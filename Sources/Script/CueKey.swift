/// When a prompt starts, in the unit that the author chose.
package enum CueKey: Sendable, Equatable {
    case time(Timecode)
    case frame(Int)
    /// Of the film's length, 0...100.
    case percent(Double)

    /// The film frame, or `nil` for a percentage of a film whose length is not known.
    ///
    /// `100%` is the last frame; a time or frame may lie beyond the end.
    package func frame(fps: Int, frames: Int?) -> Int? {
        switch self {
        case .time(let time): time.frame(fps: fps)
        case .frame(let frame): frame
        case .percent(let percent):
            frames.map { min($0 - 1, Int((percent * Double($0) / 100).rounded())) }
        }
    }
}
