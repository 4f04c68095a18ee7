import Foundation

/// Where an executor gets its work from.
protocol WorkQueue: AnyObject, Sendable {
    /// The next piece of work, waiting until there is one; nil when there will be none any more.
    func take() -> Assignment?
    /// Reports how it went. Every assignment taken is settled exactly once.
    func settle(_ assignment: Assignment, _ outcome: Outcome)
}

/// Who runs the work. Threads of this process now; a cluster's engine could take as many assignments as it has nodes,
/// run `SegmentMaker` on each against the same workspace, and settle them as their files appear.
protocol SegmentExecutor: Sendable {
    func start(_ queue: any WorkQueue)
    /// Returns when no work is in progress, after the queue has said that there is no more.
    func wait()
}

/// A fixed number of operating-system threads, each of which lives as long as the pool: an engine belongs to a
/// thread, with its buffers and compiled kernels. Never Swift's cooperative pool, whose threads must not be held for
/// seconds.
final class WorkerPool: SegmentExecutor {
    /// Deep networks recurse through closures, and oneDNN compiles kernels on the caller's stack.
    private static let stackBytes = 16 << 20

    private let workers: Int
    private let perform: @Sendable (Assignment) -> Outcome
    private let running = DispatchGroup()

    init(workers: Int, perform: @escaping @Sendable (Assignment) -> Outcome) {
        self.workers = workers
        self.perform = perform
    }

    func start(_ queue: any WorkQueue) {
        for worker in 0..<workers {
            running.enter()
            let thread = Thread { [perform, running] in
                while let assignment = queue.take() {
                    queue.settle(assignment, perform(assignment))
                }
                running.leave()
            }
            thread.name = "worker \(worker)"
            thread.stackSize = Self.stackBytes
            thread.start()
        }
    }

    func wait() { running.wait() }
}
