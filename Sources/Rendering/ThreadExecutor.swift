import CLinux
package import Diffusion
package import Files
import Foundation
import Threads

/// Makes segments on a fixed number of operating-system threads, each of which lives as long as the executor: an
/// engine belongs to a thread, with its buffers and compiled kernels. Never Swift's cooperative pool, whose threads
/// must not be held for seconds.
package final class ThreadExecutor: SegmentExecutor {
    /// Deep networks recurse through closures, and oneDNN compiles kernels on the caller's stack.
    private static let stackBytes = 16 << 20
    /// How much lower than the rest of nuwad a worker's thread is in priority: whoever asks how things stand need not wait for a core.
    private static let niceness: Int32 = 10

    package let network: NetworkIdentity
    package let slots: Int
    package let keyframeHands: Int
    /// What was handed out and not begun yet: no more than there are idle threads.
    private let assignments = WorkQueue<Assignment>()

    /// Starts the threads.
    /// - Parameters:
    ///   - workers: how many, each of which computes on one core
    ///   - host: what its only worker is called; nil: `worker 1` and so on
    /// - Throws: `SystemError` where the processor is not told
    package init(model: Model, workers: Int, workspace: Workspace, host: String? = nil) throws(SystemError) {
        network = try NetworkIdentity(model: model)
        slots = max(1, workers)
        keyframeHands = Self.keyframeHands(ofWorkers: slots)
        // Linux keeps a nice value for each thread (sched(7)). Where it may not be set, all are alike.
        let yield: @Sendable () -> Void = { _ = nuwa_raise_nice(Self.niceness) }
        let hand =
            keyframeHands > 1
            ? SecondHand(named: "second hand", stackBytes: Self.stackBytes, first: yield) : nil
        let maker = SegmentMaker(model: model, network: network, workspace: workspace, hand: hand)
        for number in 1...slots {
            let worker = host ?? "worker \(number)"
            let thread = Thread { [assignments] in
                yield()
                while let assignment = assignments.takeOldest() {
                    assignment.end(
                        maker.make(
                            assignment.task, worker: worker, isWanted: { assignment.isWanted },
                            report: assignment.report))
                }
            }
            thread.name = worker
            thread.stackSize = Self.stackBytes
            thread.start()
        }
    }

    /// A worker, and a second hand where there is a core for it.
    package static func keyframeHands(ofWorkers workers: Int) -> Int { min(2, workers) }

    deinit { assignments.close() }

    package func begin(_ assignment: Assignment) { assignments.put(assignment) }
}
