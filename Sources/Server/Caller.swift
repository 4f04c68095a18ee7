package import Foundation
import Glibc
import NIOCore
import Reports

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

    /// A user who is known by a token, not by a process.
    package init(user: uid_t) {
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        let isKnown = getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0 && found != nil
        self.init(pid: 0, user: user, group: isKnown ? entry.pw_gid : .max)
    }

    /// `pim (uid 1000, pid 4242)`; `pim (uid 1000, on the page)`
    package var description: String {
        let name = UserName.known(user).map { "\($0) (uid \(user), " } ?? "uid \(user) ("
        return name + (pid > 0 ? "pid \(pid))" : "on the page)")
    }

    /// `SO_PEERCRED` of a connected Unix socket. This struct has the layout of Linux's `struct ucred`, which Glibc keeps to
    /// itself.
    static func atOtherEnd(of channel: any Channel) async throws -> Caller {
        try await credentials(of: channel).get()
    }

    static func credentials(of channel: any Channel) -> EventLoopFuture<Caller> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        return provider.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel.socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    }

    /// Whether the user is in a group, by the system's own lists: who was added a moment ago is.
    package func isMember(of group: String) -> Bool {
        guard let name = UserName.known(user) else { return false }
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        guard getgrnam_r(group, &entry, &buffer, buffer.count, &found) == 0, let wanted = found?.pointee.gr_gid else {
            return false
        }
        var groups = [gid_t](repeating: 0, count: 1024)
        var count = Int32(groups.count)
        guard getgrouplist(name, self.group, &groups, &count) >= 0 else { return false }
        return groups.prefix(Int(count)).contains(wanted)
    }
}
