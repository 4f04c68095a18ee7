import Files
package import Foundation
package import Rendering
import Threads

/// Has segments made by a Slurm cluster whose nodes see the workspace: each element of a job array makes a part of the tree, one
/// segment after the other, by `nuwa segment`.
///
/// **Files are the truth.** A segment is done when its files are there and whole, whatever Slurm says of the element; an element that
/// left the queue without them is submitted again, and after some times its segment fails with the name of the element's log. What was
/// submitted outlives this process: the next one finds it in the queue by name, and goes on listening.
package final class SlurmExecutor: SegmentExecutor {
    package struct Settings: Sendable {
        /// How long an element should take, in seconds.
        package var target: Double
        /// The largest number of elements that are in the queue at a time.
        package var queued: Int
        /// Seconds between two looks at the queue.
        package var poll: Double
        /// More options for sbatch(1): a partition, an account, a limit of time.
        package var options: [String]
        /// The program `nuwa`, and the model's directory: on the nodes.
        package var program: URL
        package var model: URL
        /// On the shared file system.
        package var workspace: URL

        package init(
            target: Double, queued: Int, poll: Double, options: [String], program: URL, model: URL, workspace: URL
        ) {
            self.target = target
            self.queued = queued
            self.poll = poll
            self.options = options
            self.program = program
            self.model = model
            self.workspace = workspace
        }
    }

    /// Segments of an element that can be heard of at a time: far more than one, since one that ends is followed by the next before
    /// the renderer has been told.
    private static let segmentsPerElement = 16

    package let network: NetworkIdentity
    package let slots: Int
    package let workers: Int
    /// What was handed out and not looked at yet.
    private let assignments = WorkQueue<Assignment>()
    /// So many seconds others may follow, which then go into the same array.
    private static let gathering = 0.2

    /// - Parameters:
    ///   - network: what the nodes compute with
    ///   - say: for the log: what Slurm refused, and what became of elements
    package init(
        network: NetworkIdentity, workspace: Workspace, settings: Settings, say: @escaping @Sendable (String) -> Void
    ) {
        self.network = network
        workers = settings.queued
        slots = settings.queued * Self.segmentsPerElement
        let thread = Thread { [assignments] in
            var errands = Errands(workspace: workspace, settings: settings, say: say)
            while let new = assignments.takeAll(waitingAtMost: settings.poll, gathering: Self.gathering) {
                errands.add(new)
                errands.look()
            }
        }
        thread.name = "slurm"
        thread.start()
    }

    deinit { assignments.close() }

    package func begin(_ assignment: Assignment) { assignments.put(assignment) }
}
