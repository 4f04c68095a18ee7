import Rendering

/// Part of a job array, or to become one.
struct Element {
    /// What there is of it once it is in Slurm's queue.
    struct Submission {
        let batch: Batch
        let id: Slurm.ElementID
        /// Whether it waits there for another one, which may be gone by now.
        let isDependent: Bool
        var log: ElementLog
        /// How the first so many tasks ended.
        var outcomes: [SegmentOutcome] = []
        /// When it was seen in the queue last, or submitted.
        var lastSeen = ContinuousClock.now

        init(_ batch: Batch, _ id: Slurm.ElementID, isDependent: Bool) {
            self.batch = batch
            self.id = id
            self.isDependent = isDependent
            log = ElementLog(batch.output(of: id.index))
        }

        /// Where somebody should look who wants to know why it failed.
        var errors: String { batch.log(of: id.index) }
    }

    let tasks: [SegmentTask]
    /// Names of the tasks, in their order.
    let names: [String]
    /// The element that must be done first.
    var after: Int?
    /// Who waits for what is made here, by the task's name.
    var waiting: [String: Assignment] = [:]
    /// When somebody waited for something here last; nil once its job was given up.
    var lastWanted: ContinuousClock.Instant? = .now
    /// nil while it is only planned.
    var submission: Submission?

    /// How a task ended; nil while that is not told.
    func outcome(of name: String) -> SegmentOutcome? {
        guard let submission, let index = names.firstIndex(of: name) else { return nil }
        return index < submission.outcomes.count ? submission.outcomes[index] : nil
    }
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
