import Files
import Foundation
import Synchronization
import Threads

/// What waits for the spool's thread.
final class Inbox: Sendable {
    struct Mail: Sendable {
        var events: [FolderEvent] = []
        var scan = false
        var stop = false

        /// Beyond so many, a look at the whole folder costs less, and memory stays bounded.
        private static let mostEvents = 10_000

        mutating func add(_ event: FolderEvent) {
            if events.count >= Self.mostEvents { events = [.overflow] } else { events.append(event) }
        }

        var isEmpty: Bool { events.isEmpty && !scan && !stop }
    }

    private let mail = Mutex(Mail())
    private let alarm = Alarm()
    /// When the thread took its mail last; nil while it waits for some.
    private let busySince = Mutex<ContinuousClock.Instant?>(nil)

    var busyFor: Duration? { busySince.withLock(\.self)?.duration(to: .now) }

    func put(_ change: (inout Mail) -> Void) {
        let isFirst = mail.withLock { mail in
            defer { change(&mail) }
            return mail.isEmpty
        }
        if isFirst { alarm.ring() }
    }

    /// What has come; waits for something to come, but not longer than this.
    func take(waitingAtMost seconds: Double) -> Mail {
        busySince.withLock { $0 = nil }
        alarm.wait(atMost: seconds)
        busySince.withLock { $0 = .now }
        return mail.withLock { mail in
            defer {
                mail.events = []
                mail.scan = false
            }
            return mail
        }
    }

    func isStopped() -> Bool { mail.withLock { $0.stop } }
}
