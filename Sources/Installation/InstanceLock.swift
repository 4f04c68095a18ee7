package import Files
package import Foundation
import Glibc

/// Held by the daemon that serves an installation, so that a second one neither takes its socket over nor touches its files.
///
/// `flock(2)` on an open file: the kernel gives it back when the process ends, however it ends, so nothing goes stale.
package final class InstanceLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `InstanceLockError`, at once, where another process holds it
    package init(_ file: URL) throws(InstanceLockError) {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw .unusable(cause: SystemError("lock", file.path)) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = (try? String(contentsOf: file, encoding: .utf8))?.trimmingCharacters(
                in: .whitespacesAndNewlines)
            close(descriptor)
            if code == EWOULDBLOCK { throw .held(file: file.path, holder: holder.flatMap { Int32($0) }) }
            throw .unusable(cause: SystemError("lock", file.path, code: code))
        }
        // The number inside is for people and for the message above; the lock is what counts.
        let line = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = write(descriptor, line, line.count) }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}

/// Why a daemon may not serve an installation.
package enum InstanceLockError: Error, Equatable, CustomStringConvertible {
    case held(file: String, holder: Int32?)
    case unusable(cause: SystemError)

    package var description: String {
        switch self {
        case .held(let file, let holder):
            let who = holder.map { " (process \($0))" } ?? ""
            return "another nuwad\(who) is at work here: it holds \(file); stop it first, or choose another --root"
        case .unusable(let cause):
            return "\(cause)"
        }
    }
}
