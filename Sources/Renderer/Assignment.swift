import Foundation
import RenderPlan
import Video

/// A piece of work for one worker.
enum Assignment: Sendable {
    case segment(job: Int64, SegmentWork, VideoFormat)
    case film(job: Int64, FilmWork)
}

/// How an assignment ended.
enum Outcome: Sendable {
    case made(seconds: Double)
    /// The files were there already.
    case reused
    /// Given up between two steps, because nobody wants it now. `started`: computing had begun.
    case abandoned(started: Bool)
    /// Files of these segments, which counted as done, are missing or damaged: make them first.
    case needs([SegmentID])
    case film(FilmFacts)
    case failed(RenderFailure)
}
