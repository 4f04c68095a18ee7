package import Foundation
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import Reports
import ServiceLifecycle

/// Serves a `ControlService` as HTTP with JSON on a Unix socket, so that `curl --unix-socket` works too.
///
/// | request | answer |
/// |---|---|
/// | `GET /v1/status`, `?jobs=N` | `StatusReport` |
/// | `GET /metrics` | `Metrics`, as OpenMetrics text |
/// | `GET /v1/jobs` | `JobList` |
/// | `GET /v1/jobs/ID`, `?brief=true` | `JobReport` |
/// | `POST /v1/jobs/ID/cancel` | `JobReport` |
/// | `POST /v1/jobs/ID/retry` | `JobReport` |
///
/// Whoever may write to the socket may do all of it: mode 0660, so the daemon's user and group. The socket takes the place of
/// one left behind; hold the `InstanceLock` so that it takes nobody's.
package struct ControlServer: Service {
    private let socket: URL
    private let inherited: Int32?
    private let service: any ControlService
    private let logger: Logger
    private let onListening: @Sendable () async -> Void

    /// - Parameters:
    ///   - inherited: the socket, where the service manager listens on it already
    ///   - onListening: called once requests are answered
    package init(
        socket: URL, inherited: Int32? = nil, service: some ControlService, logger: Logger,
        onListening: @escaping @Sendable () async -> Void = {}
    ) {
        self.socket = socket
        self.inherited = inherited
        self.logger = logger
        self.onListening = onListening
        self.service = service
    }

    /// Serves until a graceful shutdown or cancellation.
    package func run() async throws {
        try SocketPathTooLong.check(socket)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let responder = Self.router(service).buildResponder()
        let connections = HTTP1Channel { [quiet] request, writer, channel in
            let context = ControlContext(source: ApplicationRequestContextSource(channel: channel, logger: quiet))
            let response = try await responder.respond(to: request, context: context)
            try await writer.write(response: response.head, body: response.body)
        }
        try await Listener(socket: socket, inherited: inherited, logger: quiet).run(
            connections, onListening: onListening)
    }

    private static func router(_ service: any ControlService) -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(middleware: ErrorsAsJSON())
        router.get("metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: Metrics.mediaType],
                body: .init(byteBuffer: ByteBuffer(string: try await service.metrics().text)))
        }
        let v1 = router.group("v1")
        v1.get("status") { request, _ in try json(await service.status(jobs: request.number("jobs"))) }
        v1.get("jobs") { _, _ in try json(JobList(jobs: await service.jobs())) }
        v1.get("jobs/:id") { request, context in
            try json(await service.job(context.jobID(), brief: request.uri.queryParameters["brief"] == "true"))
        }
        v1.post("jobs/:id/cancel") { _, context in
            try json(await service.cancel(context.jobID(), by: .atOtherEnd(of: context.channel)))
        }
        v1.post("jobs/:id/retry") { _, context in
            try json(await service.retry(context.jobID(), by: .atOtherEnd(of: context.channel)))
        }
        return router
    }
}

private struct ControlContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    func jobID() throws -> Int64 {
        let text = try parameters.require("id")
        guard let id = Int64(text), id > 0 else {
            throw ControlError.badRequest("\"\(text)\" is not the number of a job")
        }
        return id
    }
}

extension Request {
    /// A number of the query; nil where it is not given.
    fileprivate func number(_ name: Substring) throws -> Int? {
        guard let text = uri.queryParameters[name] else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw ControlError.badRequest("\(name)=\(text): a number of 0 or more is wanted")
        }
        return number
    }
}

/// Every error becomes `{"error": "…"}` with the right code. What nobody foresaw is 500 and goes to the log.
private struct ErrorsAsJSON: RouterMiddleware {
    func handle(
        _ request: Request, context: ControlContext, next: (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as ControlError {
            return try json(ErrorReport(error: error.description), status: error.status)
        } catch let error as HTTPError where error.status == .notFound {
            return try json(ErrorReport(error: "nothing at \(request.method) \(request.uri.path)"), status: .notFound)
        } catch let error as any HTTPResponseError {
            return try json(ErrorReport(error: "\(error)"), status: error.status)
        } catch {
            context.logger.error("\(request.method) \(request.uri.path): \(error)")
            return try json(ErrorReport(error: "\(error)"), status: .internalServerError)
        }
    }
}

extension ControlError {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .badRequest: .badRequest
        case .noSuchJob: .notFound
        case .conflict: .conflict
        }
    }
}

private func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    Response(
        status: status, headers: [.contentType: "application/json"],
        body: .init(byteBuffer: ByteBuffer(bytes: try ReportJSON.encode(value))))
}
