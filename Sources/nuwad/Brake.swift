import Foundation
import Jobs
import Terminal

/// Holds the whole queue back while the machine has a fault that job after job meets, so that not all of them run into it.
/// Pure: times come in.
struct Brake: Sendable {
    /// So many faults in a row may be the bad luck of single jobs.
    private static let tolerated = 2

    private var faults = 0
    private(set) var reason = ""
    /// Nothing is begun before.
    private(set) var until: Date?

    /// A job met a fault of the machine.
    mutating func met(_ reason: String, at now: Date) {
        faults += 1
        self.reason = reason
        guard faults > Self.tolerated else { return }
        until = now.addingTimeInterval(Backoff.seconds(afterFaults: faults - Self.tolerated))
    }

    /// Something was made, so the machine is well.
    mutating func release() { self = Brake() }

    func holds(at now: Date) -> Bool {
        // Farther away than it ever is: the clock was set back.
        until.map { now < $0 && now.addingTimeInterval(Backoff.longest) >= $0 } ?? false
    }

    /// What there is to say while it holds.
    func warning(at now: Date) -> String? {
        guard let until, holds(at: now) else { return nil }
        return
            "\(faults) jobs in a row met a fault of this machine, so nothing is begun for \(durationText(until.timeIntervalSince(now).rounded(.up))): \(reason)"
    }
}
