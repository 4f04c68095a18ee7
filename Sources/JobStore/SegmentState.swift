/// Where a segment stands.
package enum SegmentState: Sendable, Equatable {
    case waiting
    /// A worker has it, for the `attempt`-th time (from 1).
    case running(attempt: Int)
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

/// In JSON a state is flat: `{"name": "done", "seconds": 3.1}`.
extension SegmentState: Codable {
    private enum Key: String, CodingKey { case name, attempt, seconds, reason }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        switch try values.decode(Name.self, forKey: .name) {
        case .waiting: self = .waiting
        case .running: self = .running(attempt: try values.decode(Int.self, forKey: .attempt))
        case .done: self = .done(seconds: try values.decode(Double.self, forKey: .seconds))
        case .failed: self = .failed(reason: try values.decode(String.self, forKey: .reason))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(name, forKey: .name)
        switch self {
        case .waiting: break
        case .running(let attempt): try values.encode(attempt, forKey: .attempt)
        case .done(let seconds): try values.encode(seconds, forKey: .seconds)
        case .failed(let reason): try values.encode(reason, forKey: .reason)
        }
    }
}
