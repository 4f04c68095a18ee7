package import Foundation
package import Plans
package import Video

/// Hears what happens to jobs, in the order in which it happens: one call at a time, on the thread that brought it
/// about, and never while the renderer holds its lock, so an observer may call the renderer. It should be quick: workers
/// wait for it.
///
/// For each job the last event is `jobFinished`, `jobFailed` or `keyframesReached`. A cancelled job has none of them: who called
/// `Renderer.cancel` knows it already. Only what becomes of its segments in flight is still told. A stopped renderer leaves its jobs where
/// they are.
package protocol RenderObserver: Sendable {
    /// The job's first piece of work is handed out.
    func jobStarted(_ job: Int64)
    /// A worker begins to make a segment. Not called for one that is already there.
    func segmentStarted(job: Int64, segment: SegmentID)
    /// The segment's files are durable. `reused`: they were there before, and nothing was computed.
    func segmentFinished(job: Int64, segment: SegmentID, seconds: Double, reused: Bool)
    /// A started segment was given back unmade: its job was cancelled, failed elsewhere, its parent is lost, or the
    /// renderer stops. It starts anew another time.
    func segmentGivenBack(job: Int64, segment: SegmentID)
    /// A finished segment's files are gone or damaged: it will be made again.
    func segmentLost(job: Int64, segment: SegmentID)
    /// The segment could not be made; `jobFailed` follows when the job's other segments have ended.
    func segmentFailed(job: Int64, segment: SegmentID, failure: RenderFailure)
    /// A file failed its check, was set aside (nil: could not even be renamed and was removed) and will be made again.
    func damaged(job: Int64, file: URL, setAside: URL?, reason: String)
    /// The keyframes are there, and the job was to stop at them: it has left the renderer.
    func keyframesReached(job: Int64)
    /// The film is being put together.
    func filmStarted(job: Int64)
    /// A started film was given back: its job was cancelled, its chunks are lost, or the renderer stops.
    func filmGivenBack(job: Int64)
    /// The film is in place.
    func jobFinished(job: Int64, film: URL, facts: FilmFacts)
    func jobFailed(job: Int64, failure: RenderFailure)
}

extension RenderObserver {
    package func jobStarted(_ job: Int64) {}
    package func segmentStarted(job: Int64, segment: SegmentID) {}
    package func segmentFinished(job: Int64, segment: SegmentID, seconds: Double, reused: Bool) {}
    package func segmentGivenBack(job: Int64, segment: SegmentID) {}
    package func segmentLost(job: Int64, segment: SegmentID) {}
    package func segmentFailed(job: Int64, segment: SegmentID, failure: RenderFailure) {}
    package func damaged(job: Int64, file: URL, setAside: URL?, reason: String) {}
    package func keyframesReached(job: Int64) {}
    package func filmStarted(job: Int64) {}
    package func filmGivenBack(job: Int64) {}
    package func jobFinished(job: Int64, film: URL, facts: FilmFacts) {}
    package func jobFailed(job: Int64, failure: RenderFailure) {}
}
