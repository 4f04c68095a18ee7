package import Foundation

/// Where a job stands. What belongs to a state travels in it, so that no row can be "done" without a film or "failed"
/// without a reason.
package enum JobState: Sendable, Equatable {
    /// Waits for its turn.
    case queued
    /// Is being rendered since that moment.
    case running(since: Date)
    /// The film is finished, at this path.
    case done(film: String)
    /// Will not go on by itself.
    case failed(reason: String)
    /// Was given up by its owner.
    case cancelled
    /// Waits for somebody's word, also across restarts.
    case held(Hold)
    /// A fault of the machine is in the way (a full disk, for instance): nuwad tries again by itself, at that moment at
    /// the earliest.
    case blocked(reason: String, until: Date)

    /// What a held job waits for.
    package enum Hold: String, Sendable, Codable {
        /// Its owner holds it back until it is released.
        case release
        /// Its keyframes are there, for somebody to approve them.
        case approval
    }

    /// The state without its data; the raw value is what the database and JSON say.
    package enum Name: String, Sendable, Codable, CaseIterable {
        case queued, running, done, failed, cancelled, held, blocked

        /// True when nothing more will happen unless somebody asks for it.
        package var isOver: Bool {
            switch self {
            case .done, .failed, .cancelled: true
            case .queued, .running, .held, .blocked: false
            }
        }
    }

    package var name: Name {
        switch self {
        case .queued: .queued
        case .running: .running
        case .done: .done
        case .failed: .failed
        case .cancelled: .cancelled
        case .held: .held
        case .blocked: .blocked
        }
    }

    package var isOver: Bool { name.isOver }

    /// Path of the finished film.
    package var film: String? {
        if case .done(let film) = self { film } else { nil }
    }

    /// Why the job failed or waits.
    package var reason: String? {
        switch self {
        case .failed(let reason), .blocked(let reason, _): reason
        default: nil
        }
    }

    /// What a held job waits for.
    package var hold: Hold? {
        if case .held(let hold) = self { hold } else { nil }
    }

    /// When a blocked job is tried again, at the earliest.
    package var until: Date? {
        if case .blocked(_, let until) = self { until } else { nil }
    }
}

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

/// Where the putting together of a job's film stands. Attempts are those that were neither given back nor finished: in
/// a film that waits, deaths of nuwad.
package enum FilmState: Sendable, Equatable {
    case waiting(attempts: Int)
    case running(attempts: Int)

    /// The state without its data.
    package enum Name: String, Sendable {
        case waiting, running
    }
}
