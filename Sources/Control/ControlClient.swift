package import Foundation
import Glibc
package import JobStore
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

    /// - Parameter jobs: how many jobs to tell of at most; nil for the usual number
    package func status(jobs: Int? = nil) async throws -> StatusReport {
        try await request(.GET, "/v1/status" + query([("jobs", jobs.map(String.init))]))
    }

    /// Jobs by number, in as many requests as it takes.
    package func jobs(_ wanted: JobQuery = JobQuery()) async throws -> [JobReport] {
        var jobs: [JobReport] = []
        while true {
            let after = wanted.newestFirst ? wanted.after : jobs.last?.id ?? wanted.after
            let limit = wanted.limit == .max ? nil : wanted.limit - jobs.count
            let page: JobList = try await request(
                .GET,
                "/v1/jobs"
                    + query(
                        (wanted.states ?? []).map { ("state", $0.rawValue) } + [
                            ("name", wanted.name), ("after", after > 0 ? "\(after)" : nil),
                            ("newest", wanted.newestFirst ? "true" : nil), ("limit", limit.map { "\(min($0, 1000))" }),
                        ]))
            jobs += page.jobs
            guard page.more == true, jobs.count < wanted.limit, !wanted.newestFirst else { return jobs }
        }
    }

    /// - Parameter brief: without its script and what is to be known of it
    package func job(_ id: Int64, brief: Bool = false) async throws -> JobReport {
        try await request(.GET, "/v1/jobs/\(id)" + query([("brief", brief ? "true" : nil)]))
    }

    package func events(of id: Int64, after: Int64 = 0) async throws -> EventList {
        try await request(.GET, "/v1/jobs/\(id)/events" + query([("after", after > 0 ? "\(after)" : nil)]))
    }

    package func steer(_ verb: JobVerb, _ id: Int64) async throws -> JobReport {
        try await request(.POST, "/v1/jobs/\(id)/\(verb.name)" + query(verb.parameters))
    }

    package func steer(_ verb: JobVerb, _ selection: Selection) async throws -> SteeringReport {
        try await request(.POST, "/v1/jobs/\(verb.name)" + query(verb.parameters + selection.parameters))
    }

    package func change(_ verb: ModeVerb) async throws -> StatusReport { try await request(.POST, "/v1/\(verb)") }

    package func clean(dryRun: Bool) async throws -> CleaningReport {
        try await request(.POST, "/v1/clean" + query([("dry_run", dryRun ? "true" : nil)]))
    }

    private func query(_ parameters: [(name: String, value: String?)]) -> String {
        let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        let given = parameters.compactMap { name, value in
            value?.addingPercentEncoding(withAllowedCharacters: unreserved).map { "\(name)=\($0)" }
        }
        return given.isEmpty ? "" : "?" + given.joined(separator: "&")
    }

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
        let end = ContinuousClock.now + .nanoseconds(timeout.nanoseconds)
        do {
            while true {
                do {
                    return try await tryToConnect()
                } catch let error as IOError where error.errnoCode == EAGAIN && ContinuousClock.now < end {
                    // More wait to be let in than the kernel keeps (unix(7)).
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
        } catch let error as IOError where [ENOENT, ECONNREFUSED, EAGAIN].contains(error.errnoCode) {
            throw ControlClientError.notRunning(socket: socket.path)
        } catch let error as IOError where [EACCES, EPERM].contains(error.errnoCode) {
            throw ControlClientError.notAllowed(socket: socket.path)
        }
    }

    private func tryToConnect() async throws -> ExchangeChannel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: socket.path) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try ExchangeChannel(wrappingChannelSynchronously: channel)
                }
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

extension JobVerb {
    fileprivate var parameters: [(name: String, value: String?)] {
        if case .priority(let number) = self { [("to", "\(number)")] } else { [] }
    }
}

extension Selection {
    fileprivate var parameters: [(name: String, value: String?)] {
        switch self {
        case .numbers(let numbers): numbers.map { ("job", "\($0)") }
        case .states(let states): states.map { ("state", $0.rawValue) }
        case .all: [("all", "true")]
        }
    }
}
