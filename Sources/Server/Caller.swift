package import Files
package import Foundation
import Glibc
import NIOCore
import Reports

/// Who asks nuwad for something, as somebody vouches for it.
package struct Caller: Sendable, Equatable, CustomStringConvertible {
    package enum Way: Sendable, Equatable {
        /// A process on the control socket, with its primary group: by the kernel's word.
        case socket(pid: pid_t, group: gid_t)
        /// On the page, by a token of nuwad's.
        case page
    }

    package let user: uid_t
    package let way: Way

    package init(user: uid_t, by way: Way) {
        self.user = user
        self.way = way
    }

    /// `pim (uid 1000, pid 4242)`; `pim (uid 1000, on the page)`
    package var description: String {
        let means =
            switch way {
            case .socket(let pid, _): "pid \(pid)"
            case .page: "on the page"
            }
        return UserName.known(user).map { "\($0) (uid \(user), \(means))" } ?? "uid \(user) (\(means))"
    }

    static func atOtherEnd(of channel: any Channel) async throws -> Caller { try await find(channel).get() }

    /// `SO_PEERCRED` of a connected Unix socket.
    static func find(_ channel: any Channel) -> EventLoopFuture<Caller> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel.socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        return credentials.map { Caller(user: $0.user, by: .socket(pid: $0.pid, group: $0.group)) }
    }

    /// With the layout of Linux's `struct ucred`, which Glibc keeps to itself.
    private struct Credentials {
        let pid: pid_t
        let user: uid_t
        let group: gid_t
    }

    /// Whether the user is in a group, by the system's own lists: who was added a moment ago is.
    /// - Throws: `SystemError` where the lists cannot be read
    package func isMember(of group: String) throws(SystemError) -> Bool {
        guard let account = try Self.account(of: user), let wanted = try Self.number(ofGroup: group) else {
            return false
        }
        let primary = if case .socket(_, let group) = way { group } else { account.group }
        var groups = [gid_t](repeating: 0, count: 64)
        var count = Int32(groups.count)
        // Where they are too few, it says how many there are.
        while getgrouplist(account.name, primary, &groups, &count) < 0 {
            groups = [gid_t](repeating: 0, count: max(Int(count), groups.count * 2))
            count = Int32(groups.count)
        }
        return groups.prefix(Int(count)).contains(wanted)
    }

    private static func account(of user: uid_t) throws(SystemError) -> (name: String, group: gid_t)? {
        try lookUp(passwd(), "the user \(user)", { getpwuid_r(user, $0, $1, $2, $3) }) {
            (String(cString: $0.pw_name), $0.pw_gid)
        }
    }

    private static func number(ofGroup name: String) throws(SystemError) -> gid_t? {
        try lookUp(Glibc.group(), "the group \(name)", { getgrnam_r(name, $0, $1, $2, $3) }) { $0.gr_gid }
    }

    /// What the system's lists say; nil where they have nothing of that name.
    /// - Parameter call: fills an entry, and a buffer of so many bytes with its strings, as getpwuid_r(3) and getgrnam_r(3) do
    private static func lookUp<Entry, Found>(
        _ empty: Entry, _ what: String,
        _ call: (
            UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
        ) -> Int32, _ read: (Entry) -> Found
    ) throws(SystemError) -> Found? {
        var bytes = 1 << 12
        while true {
            var entry = empty
            var result: UnsafeMutablePointer<Entry>?
            var buffer = [CChar](repeating: 0, count: bytes)
            let (code, found) = buffer.withUnsafeMutableBufferPointer { buffer in
                let code = call(&entry, buffer.baseAddress!, buffer.count, &result)
                return (code, code == 0 && result != nil ? read(entry) : nil)
            }
            switch code {
            case 0: return found
            // A group of many members has long strings.
            case ERANGE: bytes *= 2
            case EINTR: continue
            // What getpwnam(3) lists for a name that is not there.
            case ENOENT, ESRCH, EBADF, EPERM: return nil
            default: throw SystemError("look up", what, code: code)
            }
        }
    }
}
