import Foundation
import Plans
import Rendering
import Video

/// Remembers everything that a renderer says, in order, and can act on it.
final class Recorder: RenderObserver, @unchecked Sendable {
    enum Event: Equatable {
        case jobStarted
        case started(SegmentID)
        case finished(SegmentID, reused: Bool)
        case givenBack(SegmentID)
        case lost(SegmentID)
        case failed(SegmentID)
        case damaged(URL, setAside: URL?)
        case keyframesReached
        case filmStarted
        case filmGivenBack
        case jobFinished
        case jobFailed(RenderFailure)
    }

    private let lock = NSLock()
    private var all: [(job: Int64, event: Event)] = []
    private let react: @Sendable (Int64, Event) -> Void

    /// - Parameter react: called on the worker's thread after an event is noted
    init(react: @escaping @Sendable (Int64, Event) -> Void = { _, _ in }) { self.react = react }

    func events(of job: Int64 = 1) -> [Event] {
        lock.withLock { all.filter { $0.job == job }.map(\.event) }
    }

    var order: [(job: Int64, event: Event)] { lock.withLock { all } }

    func hasEnded(_ job: Int64) -> Bool {
        switch events(of: job).last {
        case .jobFinished, .jobFailed, .keyframesReached: true
        default: false
        }
    }

    /// Segments that were computed, or else found.
    func finished(reused: Bool, job: Int64 = 1) -> [SegmentID] {
        events(of: job).compactMap {
            if case .finished(let segment, reused) = $0 { segment } else { nil }
        }
    }

    private func note(_ job: Int64, _ event: Event) {
        lock.withLock { all.append((job, event)) }
        react(job, event)
    }

    func jobStarted(_ job: Int64) { note(job, .jobStarted) }
    func segmentStarted(job: Int64, segment: SegmentID) { note(job, .started(segment)) }
    func segmentFinished(job: Int64, segment: SegmentID, seconds: Double, reused: Bool) {
        note(job, .finished(segment, reused: reused))
    }
    func segmentGivenBack(job: Int64, segment: SegmentID) { note(job, .givenBack(segment)) }
    func segmentLost(job: Int64, segment: SegmentID) { note(job, .lost(segment)) }
    func segmentFailed(job: Int64, segment: SegmentID, failure: RenderFailure) { note(job, .failed(segment)) }
    func damaged(job: Int64, file: URL, setAside: URL?, reason: String) {
        note(job, .damaged(file, setAside: setAside))
    }
    func keyframesReached(job: Int64) { note(job, .keyframesReached) }
    func filmStarted(job: Int64) { note(job, .filmStarted) }
    func filmGivenBack(job: Int64) { note(job, .filmGivenBack) }
    func jobFinished(job: Int64, film: URL, facts: FilmFacts) { note(job, .jobFinished) }
    func jobFailed(job: Int64, failure: RenderFailure) { note(job, .jobFailed(failure)) }
}
