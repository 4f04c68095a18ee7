import Files
import Foundation
import Jobs
import Logging
import Rendering
import Reports
import Scripts
import Synchronization

/// Decides which jobs the renderer has: those whose turn it is, and no more than keep its workers busy. All others wait in
/// the database, where they cost nothing, however many they are.
///
/// One decision comes after the other, on `steering`, so that the renderer and the database agree. Whoever hears of
/// something on a thread of his own only asks for the next decision.
final class Dispatcher: Sendable {
    let store: JobStore
    let ledger: Ledger
    let renderer: Renderer
    let logger: Logger
    let steering = DispatchQueue(label: "nuwa.steering")
    /// Jobs that the renderer has at a time, at least; beyond that the first job of each owner.
    private let window: Int
    private let prepare: @Sendable (Job) throws -> RenderJob
    private let placesWithoutRoom: @Sendable () -> [URL]
    /// Changed while steering only.
    private let currentMode: Mutex<Mode>
    private let brake = Mutex(Brake())
    private let wakes = Mutex(0)
    /// Ends when a drain has come to its end.
    let drained: AsyncStream<Never>
    private let endDrain: AsyncStream<Never>.Continuation

    /// - Parameters:
    ///   - prepare: makes of a job what the renderer takes
    ///   - placesWithoutRoom: directories that are too full to go on
    init(
        store: JobStore, ledger: Ledger, renderer: Renderer, workers: Int, logger: Logger,
        prepare: @escaping @Sendable (Job) throws -> RenderJob, placesWithoutRoom: @escaping @Sendable () -> [URL]
    ) throws {
        self.store = store
        self.ledger = ledger
        self.renderer = renderer
        self.logger = logger
        // While the last segments of a job are at work, the next ones keep the other workers busy.
        window = workers + 2
        self.prepare = prepare
        self.placesWithoutRoom = placesWithoutRoom
        currentMode = Mutex(try store.mode())
        (drained, endDrain) = AsyncStream.makeStream()
        ledger.follow { [weak self] in self?.heard($0) }
    }

    var mode: Mode { currentMode.withLock(\.self) }

    /// To be called while steering.
    func setMode(_ mode: Mode) { currentMode.withLock { $0 = mode } }

    /// All that keeps jobs from being begun, gravest first. Full disks do not: a job that meets one is blocked, and unblocked when there is
    /// room.
    var hindrances: [Hindrance] {
        [
            Hindrance(mode), brake.withLock { $0.hindrance(at: Date()) },
            ledger.trouble.map { .database(reason: $0) },
        ].compactMap(\.self)
    }

    // MARK: - Turns

    /// Has the renderer given what it lacks. Returns at once.
    func wake() {
        wakes.withLock { $0 += 1 }
        steering.async { self.lookAgain() }
    }

    private func lookAgain() {
        fill()
        endDrainIfIdle()
    }

    /// Grows with whatever changes the queue.
    var decisions: Int { wakes.withLock(\.self) }

    /// Looks after what waits: what could not be written down, and jobs that are blocked. To be called every few seconds.
    func goOn() {
        ledger.catchUp()
        steering.sync {
            unblock()
            lookAgain()
        }
    }

    private var mayBegin: Bool {
        // What is being written now is waited for, since turns are read from the database.
        ledger.isWrittenUp && hindrances.isEmpty
    }

    /// Gives the renderer the jobs whose turn it is. To be called while steering.
    func fill() {
        guard mayBegin else { return }
        do {
            for job in try store.turns(limit: window) where job.state == .queued && !renderer.has(job.id) {
                // One that was not taken makes room for another, which others may come before.
                guard submit(job) else { return wake() }
            }
        } catch {
            logger.error("\(error)")
        }
    }

    /// Hands one job to the renderer. One that cannot be rendered fails; one that meets a fault of the machine is blocked.
    /// - Returns: false where that happened
    private func submit(_ job: Job) -> Bool {
        do {
            let render = try prepare(job)
            try DurableFile.makeDirectory(render.output.deletingLastPathComponent())
            try renderer.submit(render)
        } catch RenderFailure.stopped {
            return true
        } catch {
            logger.error("job \(job.id) cannot be rendered: \(error)", metadata: ["job": "\(job.id)"])
            ledger.note(error.isOfMachine ? .block(reason: "\(error)") : .fail(reason: "\(error)"), of: job.id)
            // A job of another model says nothing of the others.
            if error.isOfMachine, !(error is OtherModel) { brake.withLock { $0.met("\(error)", at: Date()) } }
            return false
        }
        return true
    }

    /// Puts blocked jobs back into the queue when their time has come. To be called while steering.
    private func unblock() {
        guard mayBegin else { return }
        do {
            let due = try store.blockedJobs(dueAt: Date(), limit: window)
            guard !due.isEmpty, placesWithoutRoom().isEmpty else { return }
            for job in due {
                try ledger.apply(.unblock, to: job)
                logger.notice("job \(job) is tried again", metadata: ["job": "\(job)"])
            }
        } catch {
            logger.error("\(error)")
        }
    }

    /// On whatever thread brought it about.
    private func heard(_ news: Ledger.News) {
        switch news {
        case .gotOn: brake.withLock { $0.release() }
        case .ended(let fault):
            if let fault { brake.withLock { $0.met(fault, at: Date()) } }
            steering.async { self.lookAgain() }
        }
    }

    /// To be called while steering.
    func endDrainIfIdle() {
        if case .draining = mode, renderer.jobs.isEmpty { endDrain.finish() }
    }

    /// Ends the rendering: returns when every worker has finished its step. What was running is queued again for the next
    /// start.
    func stop() {
        renderer.stop()
        do {
            try steering.sync {
                for job in try store.jobs(in: [.running]) { try ledger.apply(.interrupt, to: job.id) }
            }
        } catch {
            logger.error("\(error)")
        }
    }
}

extension Error {
    /// Whether what failed is the machine's fault, so that it can be expected to go on once that is mended.
    fileprivate var isOfMachine: Bool {
        switch self {
        case let failure as RenderFailure: failure.isOfMachine
        case let error as JobStoreError: error.isOfMachine
        case is SystemError, is OtherModel: true
        default: false
        }
    }
}
