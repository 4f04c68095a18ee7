import Files
import Foundation
import Glibc
import HummingbirdCore
import Installation
import Logging
import NIOCore
import NIOExtras
import NIOPosix
import ServiceLifecycle

/// Where connections are accepted.
enum Address: Sendable {
    /// A Unix socket at this place. One that was left behind there is replaced.
    /// - `inherited`: that socket, listened on already by the service manager, which keeps it; nil to make one
    case socket(URL, inherited: Int32?)
    /// A port of this machine itself.
    case loopback(LoopbackAddress)
}

/// Accepts connections and lets each be served. In the place of Hummingbird's own server, which cannot take over a
/// socket that systemd listens on already.
struct Listener {
    let address: Address
    let logger: Logger

    /// Serves until a graceful shutdown: then requests at work are answered, and idle connections are closed.
    /// - Parameter onListening: called once connections are accepted
    func run(_ connections: HTTP1Channel, onListening: @Sendable () async -> Void) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let quiescing = ServerQuiescingHelper(group: group)
        let server = try await bind(connections, group, quiescing)
        await withGracefulShutdownHandler {
            await onListening()
            await serve(server, connections)
        } onGracefulShutdown: {
            quiescing.initiateShutdown(promise: nil)
        }
    }

    private func bind(
        _ connections: HTTP1Channel, _ group: MultiThreadedEventLoopGroup, _ quiescing: ServerQuiescingHelper
    ) async throws -> NIOAsyncChannel<HTTP1Channel.Value, Never> {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.backlog, value: 256)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                }
            }
        let logger = logger
        let socket: URL
        switch address {
        case .socket(_, let inherited?):
            return try await bootstrap.bind(inherited) { connections.setup(channel: $0, logger: logger) }
        case .loopback(let address):
            return try await bootstrap.serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
                .bind(host: address.host, port: address.port) { connections.setup(channel: $0, logger: logger) }
        case .socket(let url, nil): socket = url
        }
        let server = try await bootstrap.bind(unixDomainSocketPath: socket.path, cleanupExistingSocketFile: true) {
            connections.setup(channel: $0, logger: logger)
        }
        // Bound under the umask, which lets nobody in who is not let in here.
        if chmod(socket.path, 0o660) != 0 {
            logger.error("\(SystemError("set the mode of", socket.path))")
        }
        return server
    }

    private func serve(_ server: NIOAsyncChannel<HTTP1Channel.Value, Never>, _ connections: HTTP1Channel) async {
        await withDiscardingTaskGroup { group in
            do {
                try await server.executeThenClose { accepted in
                    for try await connection in accepted {
                        group.addTask { await connections.handle(value: connection, logger: logger) }
                    }
                }
            } catch {
                logger.error("no connections are accepted at \(address) any more: \(error)")
            }
        }
    }
}
