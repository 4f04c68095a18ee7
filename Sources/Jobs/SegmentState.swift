/// Where a segment stands.
package enum SegmentState: Sendable, Equatable {
    case waiting
    /// A worker has it.
    case running
    /// Its checkpoint is on disk; this many seconds of one worker went into it (0 when the checkpoint was found).
    case done(seconds: Double)
    case failed(reason: String)

    /// The state without its data; the raw value is what the database and JSON say.
    package enum Name: String, Sendable, Codable, CaseIterable {
        case waiting, running, done, failed
    }

    package var name: Name {
        switch self {
        case .waiting: .waiting
        case .running: .running
        case .done: .done
        case .failed: .failed
        }
    }
}
