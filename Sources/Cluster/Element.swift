import Rendering

/// Part of a job array, or to become one.
struct Element {
    enum Place {
        case planned
        case submitted(Batch, Slurm.ElementID)
    }

    var place: Place
    let tasks: [SegmentTask]
    /// Names of the tasks, in their order.
    let names: [String]
    /// The element that must be done first.
    var after: Int?
    /// Whether it was submitted to wait for another one, which may be gone by now.
    var isDependent = false
    /// Who waits for what is made here, by the task's name.
    var waiting: [String: Assignment] = [:]
    var log: ElementLog?
    /// How the first so many tasks ended.
    var outcomes: [SegmentOutcome] = []
    /// When somebody waited for something here last; nil once its job was given up.
    var lastWanted: ContinuousClock.Instant? = .now
    /// When it was seen in the queue last, or submitted.
    var lastSeen = ContinuousClock.now
}

extension SegmentOutcome {
    var isGood: Bool {
        switch self {
        case .made, .reused: true
        case .givenBack, .parentLost, .failed: false
        }
    }
}

extension RenderFailure {
    /// Another try on the same cluster would end alike.
    var isForeign: Bool { if case .foreign = self { true } else { false } }
}
