import Rendering

/// How long tasks take here, learnt from what they say.
struct Pace {
    /// Seconds of one evaluation of the network, as long as nothing is known.
    private static let guess = 0.1
    private static let kept = 64

    private var newest: [Double] = []

    mutating func add(_ stepSeconds: Double, _ task: SegmentTask) {
        if newest.count == Self.kept { newest.removeFirst() }
        newest.append(stepSeconds * Double(task.steps) / Double(task.evaluations))
    }

    func seconds(_ task: SegmentTask) -> Double {
        let each = newest.isEmpty ? Self.guess : newest.sorted()[newest.count / 2]
        return Double(task.evaluations) * each
    }
}
