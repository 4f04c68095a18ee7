import Plans

// What a plan's properties are told by.

extension Segment {
    /// The indices in `frames` that this segment makes; the others are its parents'.
    var made: Range<Int> {
        switch parents {
        case .none: 0..<frames.count
        case .pair: 1..<frames.count - 1
        }
    }
}

extension Parents {
    /// The segment that must be finished first.
    var segment: SegmentID? {
        switch self {
        case .none: nil
        case .pair(let first, _): first.segment
        }
    }
}
