/// What a renderer has done since it was made, for those who watch rates. Everything only grows.
package struct Totals: Sendable, Equatable {
    /// Segments that were computed, and those that were there already.
    package var segmentsMade = 0
    package var segmentsReused = 0
    /// Steps of the sampler, and the seconds that they took, each on its own thread.
    package var steps = 0
    package var stepSeconds = 0.0
    package var films = 0
    /// Seconds in which somebody was at a segment, all workers together.
    package var busySeconds = 0.0

    package init() {}

    mutating func heard(_ news: SegmentNews) {
        guard case .stepped(_, _, let seconds) = news else { return }
        steps += 1
        stepSeconds += seconds
    }

    mutating func ended(_ outcome: SegmentOutcome) {
        switch outcome {
        case .made: segmentsMade += 1
        case .reused: segmentsReused += 1
        case .givenBack, .parentLost, .failed: break
        }
    }
}

/// What a renderer is at.
package struct Activity: Sendable {
    /// Segments that somebody is at.
    package let segments: Int
    /// How long the piece of work that was silent longest has not been heard of; 0 when nothing is at work.
    package let silence: Duration
    /// Grows with everything that happens to jobs: between two equal numbers nothing has.
    package let events: Int
}
