import Foundation
import Jobs
import Reports

/// Holds the whole queue back while the machine has a fault that job after job meets, so that not all of them run into it.
/// Pure: times come in.
struct Brake: Sendable {
    /// So many faults in a row may be the bad luck of single jobs.
    private static let tolerated = 2

    private var faults = 0
    private var reason = ""
    /// Nothing is begun before.
    private var until: Date?

    /// A job met a fault of the machine.
    mutating func met(_ reason: String, at now: Date) {
        faults += 1
        self.reason = reason
        guard faults > Self.tolerated else { return }
        until = now.addingTimeInterval(Backoff.seconds(afterFaults: faults - Self.tolerated))
    }

    /// Something was made, so the machine is well.
    mutating func release() { self = Brake() }

    /// nil while it does not hold.
    func hindrance(at now: Date) -> Hindrance? {
        guard let seconds = until?.timeIntervalSince(now), seconds > 0,
            // Farther away than it ever is: the clock was set back.
            seconds <= Backoff.longest
        else { return nil }
        return .faults(count: faults, reason: reason, seconds: seconds)
    }
}
