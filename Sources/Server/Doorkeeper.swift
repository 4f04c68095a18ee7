import Foundation
import Logging
import NIOCore
import Synchronization

/// What one client can take from the others: so many connections, for so long, and so many requests in a second.
package struct ControlLimits: Sendable, Equatable {
    var connections = 512
    var connectionsPerUser = 64
    /// Seconds that a connection lives at most, whatever it does: it may be silent, slow, or not read its answer.
    var lifetime = 60.0
    /// Seconds that a connection may be silent.
    package var idle = 15.0
    /// Requests of one user: so many in a second for long, and so many at once.
    var requestsPerSecond = 100.0
    var requestsAtOnce = 200.0
    /// Bytes of a request's head, and of its body, which no request needs.
    var headBytes = 8 << 10
    var bodyBytes = 4 << 10
    /// Seconds in which answers must be read when nuwad stops.
    var farewell = 1.0

    package init() {}
}

/// Lets a user have so many requests in a second. Pure: times come in as seconds.
struct TokenBucket {
    private let rate: Double
    private let size: Double
    private var tokens: Double
    private var last: Double

    init(rate: Double, size: Double, now: Double) {
        self.rate = rate
        self.size = size
        tokens = size
        last = now
    }

    mutating func take(now: Double) -> Bool {
        tokens = min(size, tokens + (now - last) * rate)
        last = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}

/// Knows every connection and whose it is. Who has too many loses the oldest of them, so that hoarding connections hurts
/// nobody else, and not even the hoarder's next request.
final class Doorkeeper: Sendable {
    private struct State {
        var lastNumber = 0
        /// By user, oldest first.
        var connections: [uid_t: [(number: Int, channel: any Channel)]] = [:]
        var buckets: [uid_t: TokenBucket] = [:]

        var count: Int { connections.values.reduce(0) { $0 + $1.count } }
    }

    let limits: ControlLimits
    private let logger: Logger
    private let state = Mutex(State())
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(limits: ControlLimits, logger: Logger) {
        self.limits = limits
        self.logger = logger
        start = clock.now
    }

    /// Returns a number for ``leave(_:user:)``.
    func enter(_ channel: any Channel, user: uid_t) -> Int {
        let (number, evicted) = state.withLock { state in
            state.lastNumber += 1
            state.connections[user, default: []].append((state.lastNumber, channel))
            var evicted: [any Channel] = []
            if state.connections[user]!.count > limits.connectionsPerUser {
                evicted.append(state.connections[user]!.removeFirst().channel)
            }
            if state.count > limits.connections,
                let hoarder = state.connections.max(by: { $0.value.count < $1.value.count })?.key
            {
                evicted.append(state.connections[hoarder]!.removeFirst().channel)
            }
            return (state.lastNumber, evicted)
        }
        for channel in evicted { channel.close(promise: nil) }
        return number
    }

    func leave(_ number: Int, user: uid_t) {
        state.withLock { state in
            state.connections[user]?.removeAll { $0.number == number }
            if state.connections[user]?.isEmpty == true { state.connections[user] = nil }
        }
    }

    /// A connection of which the kernel does not say whose it is.
    func turnAway(_ channel: any Channel, because cause: any Error) {
        logger.warning("a connection was closed, for it cannot be told whose it is: \(cause)")
        channel.close(promise: nil)
    }

    /// Whether the user may have another request now.
    func admits(_ user: uid_t) -> Bool {
        let now = start.duration(to: clock.now) / .seconds(1)
        return state.withLock { state in
            state.buckets[
                user,
                default: TokenBucket(rate: limits.requestsPerSecond, size: limits.requestsAtOnce, now: now)
            ].take(now: now)
        }
    }

    /// Ends all connections, whatever they are at.
    func closeAll() {
        let all = state.withLock { $0.connections.values.flatMap { $0.map(\.channel) } }
        for channel in all { channel.close(promise: nil) }
    }
}

/// A connection's way past the doorkeeper.
final class Doorway: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let doorkeeper: Doorkeeper
    private var entry: (number: Int, user: uid_t)?
    private var deadline: Scheduled<Void>?
    /// When the connection is closed, whatever it does.
    private(set) var end = NIODeadline.distantFuture

    init(_ doorkeeper: Doorkeeper) { self.doorkeeper = doorkeeper }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        let milliseconds = Int64(doorkeeper.limits.lifetime * 1000)
        end = .now() + .milliseconds(milliseconds)
        deadline = context.eventLoop.scheduleTask(deadline: end) { channel.close(promise: nil) }
        // On this connection's own event loop, where the answer comes as well.
        let me = NIOLoopBound(self, eventLoop: context.eventLoop)
        Visitor.find(channel).whenComplete { result in
            // One that is closed already cannot be asked.
            guard !me.value.isGone else { return channel.close(promise: nil) }
            switch result {
            case .success(let visitor):
                let account = visitor.account
                me.value.entry = (me.value.doorkeeper.enter(channel, user: account), account)
            case .failure(let cause): me.value.doorkeeper.turnAway(channel, because: cause)
            }
        }
    }

    /// When a connection is closed, for an answer that is to end before.
    static func end(of channel: any Channel) async throws -> NIODeadline {
        try await channel.eventLoop.submit { try channel.pipeline.syncOperations.handler(type: Doorway.self).end }.get()
    }

    private var isGone = false

    func channelInactive(context: ChannelHandlerContext) {
        isGone = true
        deadline?.cancel()
        if let entry { doorkeeper.leave(entry.number, user: entry.user) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.fireChannelRead(data) }
}
