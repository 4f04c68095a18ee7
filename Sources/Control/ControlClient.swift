package import Foundation
import Glibc
package import NIOCore
import NIOHTTP1
import NIOPosix
package import Reports

/// Asks a running daemon, over its control socket. A connection per request.
package struct ControlClient: Sendable {
    private let socket: URL
    private let timeout: TimeAmount
    /// Far above any answer; a guard against something else that listens there.
    private static let answerLimit = 64 << 20

    /// - Parameter timeout: for one whole request
    package init(socket: URL, timeout: TimeAmount = .seconds(30)) {
        self.socket = socket
        self.timeout = timeout
    }

    /// - Parameter jobs: how many jobs to tell of at most; nil for all that are not over
    package func status(jobs: Int? = nil) async throws -> StatusReport {
        try await request(.GET, "/v1/status" + (jobs.map { "?jobs=\($0)" } ?? ""))
    }

    package func jobs() async throws -> [JobReport] { try await (request(.GET, "/v1/jobs") as JobList).jobs }

    /// - Parameter brief: without its script and what is to be known of it
    package func job(_ id: Int64, brief: Bool = false) async throws -> JobReport {
        try await request(.GET, "/v1/jobs/\(id)" + (brief ? "?brief=true" : ""))
    }

    package func cancel(_ id: Int64) async throws -> JobReport { try await request(.POST, "/v1/jobs/\(id)/cancel") }

    package func retry(_ id: Int64) async throws -> JobReport { try await request(.POST, "/v1/jobs/\(id)/retry") }

    /// - Throws: `ControlClientError`, `SocketPathTooLong`
    private func request<Answer: Decodable>(_ method: HTTPMethod, _ path: String) async throws -> Answer {
        let (status, body) = try await exchange(method, path)
        guard (200..<300).contains(status.code) else {
            let report = try? ReportJSON.decode(ErrorReport.self, from: body)
            throw ControlClientError.refused(status: Int(status.code), message: report?.error ?? status.reasonPhrase)
        }
        do {
            return try ReportJSON.decode(Answer.self, from: body)
        } catch {
            throw ControlClientError.garbled(socket: socket.path, reason: "\(error)")
        }
    }

    func exchange(_ method: HTTPMethod, _ path: String) async throws -> (HTTPResponseStatus, Data) {
        try SocketPathTooLong.check(socket)
        let channel = try await connect()
        let deadline = channel.channel.eventLoop.scheduleTask(in: timeout) { channel.channel.close(promise: nil) }
        defer { deadline.cancel() }
        var answer: (HTTPResponseStatus, Data)?
        do {
            try await channel.executeThenClose { inbound, outbound in
                let headers: HTTPHeaders = ["Host": "nuwa", "Connection": "close", "Content-Length": "0"]
                let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
                // In one go: the daemon may answer and hang up as soon as it has seen the head.
                try await outbound.write(contentsOf: [.head(head), .end(nil)])
                answer = try await read(inbound)
            }
        } catch is ChannelError {
            // The daemon closes first, as it was asked to: then closing here finds nothing to close.
            if answer == nil { throw ControlClientError.notRunning(socket: socket.path) }
        } catch let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode) {
            if answer == nil { throw ControlClientError.notRunning(socket: socket.path) }
        }
        guard let answer else {
            throw ControlClientError.garbled(
                socket: socket.path,
                reason:
                    "the connection ended before the answer was whole, or no answer came in \(timeout.nanoseconds / 1_000_000_000) s"
            )
        }
        return answer
    }

    /// Nil where the connection ends before the answer does, or where that is far too long.
    private func read(_ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>) async throws -> (
        HTTPResponseStatus, Data
    )? {
        var status: HTTPResponseStatus?
        var body = Data()
        for try await part in inbound {
            switch part {
            case .head(let head): status = head.status
            case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
            case .end: return status.map { ($0, body) }
            }
            if body.count > Self.answerLimit { return nil }
        }
        return nil
    }

    private typealias ExchangeChannel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private func connect() async throws -> ExchangeChannel {
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: socket.path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try ExchangeChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch let error as IOError where [ENOENT, ECONNREFUSED].contains(error.errnoCode) {
            throw ControlClientError.notRunning(socket: socket.path)
        } catch let error as IOError where [EACCES, EPERM].contains(error.errnoCode) {
            throw ControlClientError.notAllowed(socket: socket.path)
        }
    }
}

/// Why a daemon gave no answer, or the wrong one.
package enum ControlClientError: Error, Equatable, CustomStringConvertible {
    case notRunning(socket: String)
    case notAllowed(socket: String)
    /// The daemon's own words.
    case refused(status: Int, message: String)
    case garbled(socket: String, reason: String)

    package var description: String {
        switch self {
        case .notRunning(let socket):
            "no nuwad answers at \(socket); start it (systemctl start nuwad), or name its --root or --socket"
        case .notAllowed(let socket):
            "you may not use \(socket): it is for the group nuwa (adduser YOU nuwa, then log in again)"
        case .refused(_, let message):
            message
        case .garbled(let socket, let reason):
            "what answers at \(socket) makes no sense: \(reason)"
        }
    }
}
