import Rendering

/// What one element of a job array makes, one after the other: a segment comes after its parent.
struct Load: Sendable, Equatable {
    let tasks: [SegmentTask]
    /// The load among the others that must be done first, for it makes the parent of what comes first here; nil where that is
    /// there already.
    let after: Int?
}

/// How parts of a film's tree become loads.
enum Packing {
    private struct Node {
        let branch: Branch
        let children: [Node]
        /// Of the whole part.
        let seconds: Double

        init(_ branch: Branch, _ seconds: (SegmentTask) -> Double) {
            self.branch = branch
            children = branch.children.map { Node($0, seconds) }
            self.seconds = children.reduce(seconds(branch.task)) { $0 + $1.seconds }
        }

        /// Parents before their children.
        var tasks: [SegmentTask] { [branch.task] + children.flatMap(\.tasks) }
    }

    /// Neighbours go together as far as they fit into the target. What alone is more than that is one load for its uppermost
    /// segment, and loads for what hangs on it, after that one.
    ///
    /// - Parameters:
    ///   - branches: whose parents, if they have any, are done
    ///   - target: how long a load should take, in seconds
    ///   - seconds: how long a task takes
    static func loads(
        _ branches: [Branch], target: Double, seconds: (SegmentTask) -> Double
    ) -> [Load] {
        var loads: [Load] = []
        pack(branches.map { Node($0, seconds) }, after: nil, target, into: &loads)
        return loads
    }

    private static func pack(_ nodes: [Node], after: Int?, _ target: Double, into loads: inout [Load]) {
        var together: [Node] = []
        func close() {
            guard !together.isEmpty else { return }
            loads.append(Load(tasks: together.flatMap(\.tasks), after: after))
            together = []
        }
        for node in nodes {
            let sum = together.reduce(node.seconds) { $0 + $1.seconds }
            if sum > target { close() }
            if node.seconds <= target || node.children.isEmpty {
                together.append(node)
            } else {
                loads.append(Load(tasks: [node.branch.task], after: after))
                pack(node.children, after: loads.count - 1, target, into: &loads)
            }
        }
        close()
    }
}

/// How long tasks take here, learnt from what they say.
struct TaskTimes {
    /// Seconds of one evaluation of the network, as long as nothing is known.
    private static let guess = 0.1

    private var evaluationSeconds = Samples()

    mutating func add(_ stepSeconds: Double, _ task: SegmentTask) {
        evaluationSeconds.add(stepSeconds * Double(task.steps) / Double(task.evaluations))
    }

    func seconds(_ task: SegmentTask) -> Double {
        Double(task.evaluations) * (evaluationSeconds.median ?? Self.guess)
    }
}
