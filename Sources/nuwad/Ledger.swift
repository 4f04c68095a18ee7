import Foundation
import Jobs
import Logging
import Rendering
import Plans
import Synchronization
import Terminal
import Video

/// Writes down what happens to jobs, in its order: into the log, and into the database.
///
/// What the database cannot take yet, for want of room say, is kept; whatever comes after it waits behind it. So the
/// database may know less than has happened, but never something else.
final class Ledger: RenderObserver {
    private enum Entry {
        case job(JobEvent, Int64)
        case film(FilmEvent, Int64)
        case segment(SegmentEvent, SegmentKey)
    }

    /// What whoever decides on the queue must know.
    enum News: Sendable {
        /// A film is there, so the machine is well: the workspace, the database and the films' directory.
        case gotOn
        /// A job has left the renderer; `fault`: of the machine, which it met.
        case ended(fault: String?)
    }

    private let store: JobStore
    private let logger: Logger
    /// What the database does not know yet, oldest first. Held while it is written to, which takes one change at a time anyway.
    private let unwritten = Mutex<[Entry]>([])
    /// Why the database cannot take what is unwritten; logged once. Apart from it, so that who asks need not wait for a write.
    private let troubleNow = Mutex<String?>(nil)
    private let follower = Mutex<@Sendable (News) -> Void>({ _ in })

    init(store: JobStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Tells `listener` the news, after they are written down, on whatever thread brought them about.
    func follow(_ listener: @escaping @Sendable (News) -> Void) { follower.withLock { $0 = listener } }

    private func tell(_ news: News) { follower.withLock(\.self)(news) }

    // MARK: - What is wished

    /// Lets something happen to a job that somebody wishes, after all that has happened.
    /// - Throws: what the database says, in which case nothing is changed
    @discardableResult
    func apply(_ event: JobEvent, to job: Int64) throws -> Job {
        try unwritten.withLock { unwritten in
            try catchUp(&unwritten)
            return try store.apply(event, to: job)
        }
    }

    /// The same with many jobs; those in whose state it makes no sense stay as they are.
    func apply(_ event: JobEvent, to jobs: [Int64]) throws -> [(id: Int64, refusal: IllegalTransition?)] {
        try unwritten.withLock { unwritten in
            try catchUp(&unwritten)
            return try store.apply(event, to: jobs)
        }
    }

    /// Gives a job another priority, after all that has happened.
    func prioritise(_ job: Int64, _ priority: Int) throws {
        try unwritten.withLock { unwritten in
            try catchUp(&unwritten)
            try store.prioritise(job, priority)
        }
    }

    /// Why the database does not take what has happened; nil where it does.
    var trouble: String? { troubleNow.withLock(\.self) }

    /// Whether the database knows all that has happened.
    var isWrittenUp: Bool { unwritten.withLock(\.isEmpty) }

    /// Lets something happen to a job that cannot be helped: now, or when the database can take it.
    func note(_ event: JobEvent, of job: Int64) { write(.job(event, job)) }

    /// Writes what the database could not take before.
    func catchUp() { unwritten.withLock { try? catchUp(&$0) } }

    // MARK: - RenderObserver

    func jobStarted(_ job: Int64) {
        note(.start, of: job)
        logger.notice("job \(job) is being rendered", metadata: ["job": "\(job)"])
    }

    func segmentStarted(job: Int64, segment: SegmentID) {
        write(.segment(.start, SegmentKey(job: job, segment: segment)))
        logger.debug("segment \(segment) of job \(job) is being made", metadata: metadata(job, segment))
    }

    func segmentFinished(job: Int64, segment: SegmentID, seconds: Double, reused: Bool) {
        write(.segment(.finish(seconds: seconds), SegmentKey(job: job, segment: segment)))
        let how = reused ? "is there already" : "made in \(secondsText(seconds))"
        logger.log(
            level: reused ? .debug : .info, "segment \(segment) of job \(job) \(how)", metadata: metadata(job, segment))
    }

    func segmentGivenBack(job: Int64, segment: SegmentID) {
        write(.segment(.giveBack, SegmentKey(job: job, segment: segment)))
    }

    func segmentLost(job: Int64, segment: SegmentID) {
        write(.segment(.lose, SegmentKey(job: job, segment: segment)))
        logger.warning("segment \(segment) of job \(job) has lost its files", metadata: metadata(job, segment))
    }

    func segmentFailed(job: Int64, segment: SegmentID, failure: RenderFailure) {
        // A segment that met a fault of the machine did nothing wrong: it waits for its next turn.
        let event: SegmentEvent = failure.isOfMachine ? .giveBack : .fail(reason: "\(failure)")
        write(.segment(event, SegmentKey(job: job, segment: segment)))
        logger.error("segment \(segment) of job \(job): \(failure)", metadata: metadata(job, segment))
    }

    func damaged(job: Int64, file: URL, setAside: URL?, reason: String) {
        logger.warning(
            "\(damageText(file: file, setAside: setAside, reason: reason))", metadata: ["job": "\(job)"])
    }

    func filmStarted(job: Int64) {
        write(.film(.start, job))
        logger.debug("the film of job \(job) is being put together", metadata: ["job": "\(job)"])
    }

    func filmGivenBack(job: Int64) { write(.film(.giveBack, job)) }

    func jobFinished(job: Int64, film: URL, facts: FilmFacts) {
        note(.finish(film: film.path), of: job)
        logger.notice("job \(job) is done: \(film.path), \(facts.frames) frames", metadata: ["job": "\(job)"])
        tell(.gotOn)
        tell(.ended(fault: nil))
    }

    func keyframesReached(job: Int64) {
        note(.reachKeyframes, of: job)
        logger.notice(
            "job \(job) waits for approval: its keyframes are there; `nuwactl show \(job) --sheet FILE` draws them",
            metadata: ["job": "\(job)"])
        tell(.ended(fault: nil))
    }

    func jobFailed(job: Int64, failure: RenderFailure) {
        if failure.isOfMachine {
            note(.block(reason: "\(failure)"), of: job)
            logger.warning("job \(job) is blocked, and tried again later: \(failure)", metadata: ["job": "\(job)"])
        } else {
            note(.fail(reason: "\(failure)"), of: job)
            logger.error("job \(job) failed: \(failure)", metadata: ["job": "\(job)"])
        }
        tell(.ended(fault: failure.isOfMachine ? "\(failure)" : nil))
    }

    // MARK: - Writing

    private func write(_ entry: Entry) {
        unwritten.withLock { unwritten in
            unwritten.append(entry)
            try? catchUp(&unwritten)
        }
    }

    /// Writes what waits, up to the first that the database cannot take.
    private func catchUp(_ unwritten: inout [Entry]) throws {
        while let entry = unwritten.first {
            do {
                try apply(entry)
            } catch let error as IllegalTransition {
                // A worker's report that crossed with a cancel, or of a segment that was finished before the last start.
                logger.debug("\(error)")
            } catch let error as JobStoreError where !error.isOfMachine {
                // There is nothing that it is about, or it contradicts what is written: it would be refused for ever.
                logger.error("\(error)")
            } catch {
                if trouble != "\(error)" {
                    logger.error("\(error); what happens is kept in memory and written later")
                    troubleNow.withLock { $0 = "\(error)" }
                }
                throw error
            }
            unwritten.removeFirst()
        }
        if trouble != nil { logger.notice("the database takes changes again; all is written down") }
        troubleNow.withLock { $0 = nil }
    }

    private func apply(_ entry: Entry) throws {
        switch entry {
        case .job(let event, let job): try store.apply(event, to: job)
        case .film(let event, let job): try store.apply(event, toFilmOf: job)
        case .segment(let event, let key): try store.apply(event, to: key)
        }
    }

    private func metadata(_ job: Int64, _ segment: SegmentID) -> Logger.Metadata {
        ["job": "\(job)", "depth": "\(segment.depth)", "segment": "\(segment)"]
    }
}
