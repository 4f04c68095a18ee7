package import Foundation
import Glibc
import NIOCore

/// The process at the other end of the control socket, as the kernel vouches for it.
package struct Caller: Sendable, Equatable, CustomStringConvertible {
    package let pid: pid_t
    package let user: uid_t
    package let group: gid_t

    package init(pid: pid_t, user: uid_t, group: gid_t) {
        self.pid = pid
        self.user = user
        self.group = group
    }

    /// `pim (uid 1000, pid 4242)`
    package var description: String {
        let name = Self.userName(user).map { "\($0) (uid \(user), " } ?? "uid \(user) ("
        return "\(name)pid \(pid))"
    }

    /// `SO_PEERCRED` of a connected Unix socket. This struct has the layout of Linux's `struct ucred`, which Glibc keeps to
    /// itself.
    static func atOtherEnd(of channel: any Channel) async throws -> Caller {
        guard let provider = channel as? any SocketOptionProvider else { throw ChannelError.operationUnsupported }
        return try await provider.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel.socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
    }

    private static func userName(_ user: uid_t) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, let found else { return nil }
        return String(cString: found.pointee.pw_name)
    }
}
