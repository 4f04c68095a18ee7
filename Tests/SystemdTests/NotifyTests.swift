import Foundation
import Glibc
import Systemd
import Testing

/// Each body runs in a process of its own: libsystemd reads the environment, which cannot be changed safely while other tests run.
@Suite("ServiceManager")
struct NotifyTests {
    @Test("Every message arrives at the service manager's socket as sd_notify(3) has it")
    func messages() async {
        await #expect(processExitsWith: .success) {
            let manager = try ManagerSocket()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            ServiceManager.ready(status: "up")
            #expect(manager.receive() == "READY=1\nSTATUS=up")
            ServiceManager.status("2 running")
            #expect(manager.receive() == "STATUS=2 running")
            ServiceManager.watchdog()
            #expect(manager.receive() == "WATCHDOG=1")
            ServiceManager.stopping(status: "finishing")
            #expect(manager.receive() == "STOPPING=1\nSTATUS=finishing")
        }
    }

    @Test("A reload is dated by the monotonic clock, in microseconds")
    func reloading() async {
        await #expect(processExitsWith: .success) {
            let manager = try ManagerSocket()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            ServiceManager.reloading()
            let lines = manager.receive().split(separator: "\n")
            #expect(lines.first == "RELOADING=1")
            let microseconds = try #require(lines.last?.split(separator: "=").last.flatMap { UInt64($0) })
            #expect(microseconds >= UInt64(now.tv_sec) * 1_000_000)
        }
    }

    @Test("A line break in a status cannot smuggle in another message")
    func oneLine() async {
        await #expect(processExitsWith: .success) {
            let manager = try ManagerSocket()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            ServiceManager.status("renders a\nSTOPPING=1\r\u{0}b")
            #expect(manager.receive() == "STATUS=renders a STOPPING=1  b")
        }
    }

    @Test("Without a service manager nothing is sent, and nothing is watched")
    func alone() async {
        await #expect(processExitsWith: .success) {
            let manager = try ManagerSocket()
            unsetenv("NOTIFY_SOCKET")
            unsetenv("WATCHDOG_USEC")
            ServiceManager.ready(status: "up")
            ServiceManager.watchdog()
            #expect(manager.receive().isEmpty)
            #expect(ServiceManager.watchdogInterval == nil)
        }
    }

    @Test("The watchdog's interval counts only for the process that it names")
    func watchdogInterval() async {
        await #expect(processExitsWith: .success) {
            setenv("WATCHDOG_USEC", "30000000", 1)
            setenv("WATCHDOG_PID", "\(getpid())", 1)
            #expect(ServiceManager.watchdogInterval == .seconds(30))
            setenv("WATCHDOG_PID", "\(getpid() + 1)", 1)
            #expect(ServiceManager.watchdogInterval == nil)
        }
    }
}

/// The service manager's end of `$NOTIFY_SOCKET`.
private final class ManagerSocket {
    let path: String
    private let descriptor: Int32

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "nuwa-notify-\(getpid())").path
        unlink(path)
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// The next datagram. Sending is synchronous on a Unix socket, so it is there already.
    func receive() -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
