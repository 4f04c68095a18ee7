import Foundation
import JobStore
import Logging
import RenderPlan
import Renderer
import Synchronization
import Video

/// Hears the renderer, and writes down what it hears: into the database, the log, and its own memory of what is at work.
final class Ledger: RenderObserver {
    private struct Memory {
        var busy: Set<SegmentKey> = []
        var lastSign: ContinuousClock.Instant
        var changes = 0
        /// What the database could not take yet, for want of room say; in order.
        var unwritten: [(event: JobEvent, job: Int64)] = []
    }

    private let store: JobStore
    private let logger: Logger
    private let clock = ContinuousClock()
    private let memory: Mutex<Memory>

    init(store: JobStore, logger: Logger) {
        self.store = store
        self.logger = logger
        memory = Mutex(Memory(lastSign: ContinuousClock().now))
    }

    // MARK: What is known

    /// Segments at work now.
    var busy: Int { memory.withLock(\.busy.count) }

    /// Whether a worker has something of this job.
    func isBusy(with job: Int64) -> Bool { memory.withLock { $0.busy.contains { $0.job == job } } }

    /// Grows with everything that happens, so that who saw the same number twice has missed nothing.
    var changes: Int { memory.withLock(\.changes) }

    /// Whether nothing is at work, or something was heard of it within the last `patience`.
    func isAlive(patience: Duration) -> Bool {
        memory.withLock { $0.busy.isEmpty || clock.now - $0.lastSign < patience }
    }

    // MARK: RenderObserver

    func jobStarted(_ job: Int64) {
        note()
        write(.start, job)
        logger.notice("job \(job) is being rendered", metadata: ["job": "\(job)"])
    }

    func segmentStarted(job: Int64, segment: SegmentID) {
        let key = SegmentKey(job: job, depth: segment.depth, index: segment.index)
        note { $0.insert(key) }
        write(.start, key)
        logger.debug("segment \(segment) of job \(job) is being made", metadata: metadata(job, segment))
    }

    func stepped(job: Int64, segment: SegmentID, step: Int, of steps: Int) { note() }

    func segmentFinished(job: Int64, segment: SegmentID, seconds: Double, reused: Bool) {
        let key = SegmentKey(job: job, depth: segment.depth, index: segment.index)
        note { $0.remove(key) }
        write(.finish(seconds: seconds), key)
        let how = reused ? "is there already" : "made in \(seconds.formatted(.number.precision(.fractionLength(1)))) s"
        logger.log(
            level: reused ? .debug : .info, "segment \(segment) of job \(job) \(how)", metadata: metadata(job, segment))
    }

    func segmentReleased(job: Int64, segment: SegmentID) {
        let key = SegmentKey(job: job, depth: segment.depth, index: segment.index)
        note { $0.remove(key) }
        write(.release, key)
    }

    func segmentLost(job: Int64, segment: SegmentID) {
        note()
        write(.redo, SegmentKey(job: job, depth: segment.depth, index: segment.index))
        logger.warning("segment \(segment) of job \(job) has lost its files", metadata: metadata(job, segment))
    }

    func segmentFailed(job: Int64, segment: SegmentID, failure: RenderFailure) {
        let key = SegmentKey(job: job, depth: segment.depth, index: segment.index)
        note { $0.remove(key) }
        // A segment that found no room did nothing wrong: it waits for its next turn.
        write(failure.passesWithRoom ? .release : .fail(reason: "\(failure)"), key)
        logger.error("segment \(segment) of job \(job): \(failure)", metadata: metadata(job, segment))
    }

    func damaged(job: Int64, file: URL, setAside: URL?, reason: String) {
        note()
        let fate = setAside.map { "set aside as \($0.lastPathComponent)" } ?? "removed"
        logger.warning("\(file.path) is damaged (\(reason)), \(fate), and made again", metadata: ["job": "\(job)"])
    }

    func jobFinished(job: Int64, film: URL, facts: FilmFacts) {
        note()
        write(.finish(film: film.path), job)
        logger.notice("job \(job) is done: \(film.path), \(facts.frames) frames", metadata: ["job": "\(job)"])
    }

    func jobFailed(job: Int64, failure: RenderFailure) {
        note()
        if failure.passesWithRoom {
            write(.pause(reason: "\(failure)"), job)
            logger.warning("job \(job) waits for room: \(failure)", metadata: ["job": "\(job)"])
        } else {
            write(.fail(reason: "\(failure)"), job)
            logger.error("job \(job) failed: \(failure)", metadata: ["job": "\(job)"])
        }
    }

    // MARK: Writing down

    /// Something was heard, so the workers live.
    func note(_ change: (inout Set<SegmentKey>) -> Void = { _ in }) {
        memory.withLock {
            change(&$0.busy)
            $0.lastSign = clock.now
            $0.changes += 1
        }
    }

    /// Writes what the database could not take before.
    func writeAgain() {
        let waiting = memory.withLock { memory in
            defer { memory.unwritten = [] }
            return memory.unwritten
        }
        for (event, job) in waiting { write(event, job) }
    }

    /// What happened to a job decides what becomes of it, so where the database has no room it is kept and written later.
    private func write(_ event: JobEvent, _ job: Int64) {
        let mustWait = memory.withLock { memory in
            let mustWait = memory.unwritten.contains { $0.job == job }
            if mustWait { memory.unwritten.append((event, job)) }
            return mustWait
        }
        if mustWait { return }
        do {
            try store.apply(event, to: job)
        } catch let error as IllegalTransition {
            logger.debug("\(error)")
        } catch {
            logger.error("job \(job): \(error)", metadata: ["job": "\(job)"])
            memory.withLock { $0.unwritten.append((event, job)) }
        }
    }

    /// What happened to a segment is also told by its files, so nothing is lost where the database cannot take it.
    private func write(_ event: SegmentEvent, _ segment: SegmentKey) {
        do {
            try store.apply(event, to: segment)
        } catch let error as IllegalTransition {
            // A worker's report that crossed with a cancel, or of a segment that was finished before the last start.
            logger.debug("\(error)")
        } catch {
            logger.error("segment \(segment) of job \(segment.job): \(error)", metadata: ["job": "\(segment.job)"])
        }
    }

    private func metadata(_ job: Int64, _ segment: SegmentID) -> Logger.Metadata {
        ["job": "\(job)", "depth": "\(segment.depth)", "segment": "\(segment)"]
    }
}
