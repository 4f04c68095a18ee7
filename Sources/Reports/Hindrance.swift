package import Foundation
package import Jobs
import Terminal

/// What keeps every queued job from being begun.
package enum Hindrance: Sendable, Equatable {
    /// Nobody is there to begin one.
    case noDaemon
    case paused(by: String)
    /// nuwad ends what runs, and stops.
    case draining
    /// So many jobs in a row met a fault of the machine, the last for this reason; nothing is begun for so many seconds.
    case faults(count: Int, reason: String, seconds: Double)
    /// The database does not take what has happened.
    case database(reason: String)

    /// nil where it renders.
    package init?(_ mode: Mode) {
        switch mode {
        case .rendering: return nil
        case .paused(let by, _): self = .paused(by: by)
        case .draining: self = .draining
        }
    }

    /// Why a job waits.
    var reasonOfWaiting: String {
        switch self {
        case .noDaemon: "waits for nuwad to run"
        case .paused(let by): "waits: rendering is paused by \(by)"
        case .draining: "waits for the next start: nuwad ends what runs, and stops"
        case .faults: "waits: jobs in a row met a fault of the machine (`nuwactl status` has it)"
        case .database: "waits: the database takes no changes (`nuwactl status` has why)"
        }
    }

    /// What somebody should look at; nil where somebody wants it so.
    package var warning: String? {
        switch self {
        case .noDaemon, .paused, .draining: nil
        case .faults(let count, let reason, let seconds):
            "\(count) jobs in a row met a fault of this machine, so nothing is begun for \(durationText(seconds.rounded(.up))): \(reason)"
        case .database(let reason): "the database takes no changes, so nothing is begun: \(reason)"
        }
    }
}
