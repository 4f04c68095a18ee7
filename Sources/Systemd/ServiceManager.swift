import CSystemd
import Glibc

/// What a service says to the manager that started it, one function per message, as `sd_notify(3)` has them.
///
/// Without `$NOTIFY_SOCKET` (started by hand) every function does nothing, so callers need not ask.
package enum ServiceManager {
    /// The service is up: it answers, and has taken up what it was doing before. Also ends a `reloading()`.
    package static func ready(status: String) {
        notify(["READY=1", "STATUS=\(oneLine(status))"])
    }

    /// The sentence that `systemctl status` shows.
    package static func status(_ sentence: String) {
        notify(["STATUS=\(oneLine(sentence))"])
    }

    /// The configuration is being read again. Must be followed by `ready()`, also where reading failed.
    package static func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
        notify(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"])
    }

    /// The service is on its way out.
    package static func stopping(status: String) {
        notify(["STOPPING=1", "STATUS=\(oneLine(status))"])
    }

    /// The service is alive. Due at least once per `watchdogInterval`.
    package static func watchdog() {
        notify(["WATCHDOG=1"])
    }

    /// The time after which the manager kills a service that sent no `watchdog()`; nil where it does not watch this process.
    /// Ping twice per interval.
    package static var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, microseconds > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    /// The Unix socket at `path` that the manager listens on for this process (`sd_listen_fds(3)`); nil where it does not.
    ///
    /// To be called once: the descriptor is the caller's from then on, and is not told to children.
    package static func listeningSocket(at path: String) -> Int32? {
        let count = sd_listen_fds(1)
        guard count > 0 else { return nil }
        return (SD_LISTEN_FDS_START..<SD_LISTEN_FDS_START + count).first {
            sd_is_socket_unix($0, Int32(SOCK_STREAM.rawValue), 1, path, 0) > 0
        }
    }

    /// Where the message does not go out there is nobody to hear that either.
    private static func notify(_ assignments: [String]) {
        sd_notify(0, assignments.joined(separator: "\n"))
    }

    /// A line break in a status would start another assignment: a file's name must not be able to say `READY=1`.
    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}
