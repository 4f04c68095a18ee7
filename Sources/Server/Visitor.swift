import Glibc
import NIOCore

/// Who is at the other end of a connection.
enum Visitor: Sendable, Equatable {
    /// A process on the control socket, as the kernel vouches for it.
    case process(Caller)
    /// Somebody on this machine who came by the loopback port.
    case somebody

    /// Whose share of connections and requests it takes: all of those that nobody vouches for have one together.
    var account: uid_t {
        switch self {
        case .process(let caller): caller.user
        case .somebody: .max
        }
    }

    static func atOtherEnd(of channel: any Channel) async throws -> Visitor { try await find(channel).get() }

    static func find(_ channel: any Channel) -> EventLoopFuture<Visitor> {
        if case .unixDomainSocket = channel.localAddress {
            return Caller.find(channel).map { .process($0) }
        }
        return channel.eventLoop.makeSucceededFuture(.somebody)
    }
}
