import Control
package import Foundation
import Hummingbird
import HummingbirdCore
package import Installation
import JSON
import Jobs
package import Logging
import NIOCore
import Plans
import Reports
import ServiceLifecycle

/// Serves a `ControlService` as HTTP with JSON on a Unix socket, so that `curl --unix-socket` works too.
///
/// | request | answer |
/// |---|---|
/// | `GET /v1/status`, `?jobs=N` | `StatusReport` |
/// | `GET /metrics` | `Metrics`, as OpenMetrics text |
/// | `GET /v1/jobs`, `?state=S&name=N&after=ID&newest=true&limit=N` | `JobList` |
/// | `GET /v1/jobs/ID`, `?brief=true` | `JobReport` |
/// | `GET /v1/jobs/ID/events`, `?after=N` | `EventList` |
/// | `GET /v1/jobs/ID/tree` | `TreeReport` |
/// | `GET /v1/jobs/ID/sheet` | a PNG |
/// | `GET /v1/page` | `PageAccess` |
/// | `POST /v1/jobs/ID/VERB` (`cancel`, `retry`, `hold?now=true`, `hold?at_keyframes=true`, `release`, `approve`, `reseed?keyframe=N&seed=S`, `priority?to=N`) | `JobReport` |
/// | `POST /v1/jobs/VERB?job=ID`, `?state=S`, `?all=true` | `SteeringReport` |
/// | `POST /v1/pause`, `/v1/resume`, `/v1/drain` | `StatusReport` |
/// | `POST /v1/clean`, `?dry_run=true` | `CleaningReport` |
///
/// Beside these the page for browsers (`PageRoutes`), which a loopback port may serve as well.
///
/// `docs/openapi.yaml` describes all of it. Whoever may write to the socket may look: mode 0660, so the daemon's user and group.
/// Who may do what is for the service to decide, by the caller's credentials. The socket takes the place of one left behind; hold
/// the `InstanceLock` so that it takes nobody's.
package struct ControlServer: Service {
    private let socket: URL
    private let inherited: Int32?
    private let service: any ControlService & PageService
    private let page: LoopbackAddress?
    private let logger: Logger
    private let limits: ControlLimits
    private let onPageTrouble: @Sendable (String) -> Void
    private let onListening: @Sendable () async -> Void

    /// - Parameters:
    ///   - inherited: the socket, where the service manager listens on it already
    ///   - page: where browsers find the page as well
    ///   - onPageTrouble: called where browsers do not find it there, with the reason
    ///   - onListening: called once requests are answered
    package init(
        socket: URL, inherited: Int32?, service: some ControlService & PageService,
        page: LoopbackAddress?, logger: Logger, limits: ControlLimits = ControlLimits(),
        onPageTrouble: @escaping @Sendable (String) -> Void, onListening: @escaping @Sendable () async -> Void
    ) {
        self.socket = socket
        self.inherited = inherited
        self.logger = logger
        self.limits = limits
        self.onPageTrouble = onPageTrouble
        self.onListening = onListening
        self.service = service
        self.page = page
    }

    /// Serves until a graceful shutdown or cancellation.
    package func run() async throws {
        try SocketPathTooLong.check(socket)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let doorkeeper = Doorkeeper(limits: limits, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { [page, quiet] group in
            group.addTask { try await self.serveSocket(past: doorkeeper, quiet) }
            if let page { group.addTask { try await self.servePage(at: page, past: doorkeeper, quiet) } }
            group.addTask { [farewell = limits.farewell] in
                try await gracefulShutdown()
                // Who has not read his answer by then, or sends no end of his request, holds nobody up.
                try await Task.sleep(for: .seconds(farewell))
                doorkeeper.closeAll()
                try await Task.sleep(for: .seconds(3600))
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func serveSocket(past doorkeeper: Doorkeeper, _ quiet: Logger) async throws {
        try await Listener(address: .socket(socket, inherited: inherited), logger: quiet).run(
            connections(Self.router(service, doorkeeper), past: doorkeeper, logger: quiet), onListening: onListening)
    }

    /// Until a graceful shutdown, whatever happens: films do not wait for their page.
    private func servePage(at page: LoopbackAddress, past doorkeeper: Doorkeeper, _ quiet: Logger) async throws {
        let router = Self.router(Gate(port: page.port), service, doorkeeper)
        PageRoutes(service: service).add(to: router)
        do {
            try await Listener(address: .loopback(page), logger: quiet).run(
                connections(router, past: doorkeeper, logger: quiet)
            ) { [logger] in
                logger.notice("the page is at \(page.url)")
            }
        } catch {
            let trouble =
                "the page cannot be served at \(page.url): \(error) (under systemd it takes page.conf as a drop-in: nuwad(8))"
            logger.error("\(trouble)")
            onPageTrouble(trouble)
            try await gracefulShutdown()
        }
    }

    private func connections(
        _ router: Router<ControlContext>, past doorkeeper: Doorkeeper, logger: Logger
    ) -> HTTP1Channel {
        let responder = router.buildResponder()
        return HTTP1Channel(
            responder: { request, writer, channel in
                let context = ControlContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
                let response = try await responder.respond(to: request, context: context)
                try await writer.write(response: response.head, body: response.body)
            },
            configuration: .init(
                additionalChannelHandlers: [Doorway(doorkeeper)],
                idleTimeout: .milliseconds(Int64(limits.idle * 1000)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headBytes, maxHeaderListSize: limits.headBytes,
                    maxHeaderFieldCount: 64)))
    }

    private static func router(
        _ gate: Gate, _ service: any PageService, _ doorkeeper: Doorkeeper
    ) -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(middleware: Errors(service: service))
        router.add(middleware: Bounds(doorkeeper: doorkeeper))
        router.add(middleware: GateKeeping(gate: gate))
        return router
    }

    private static func router(
        _ service: any ControlService & PageService, _ doorkeeper: Doorkeeper
    ) -> Router<ControlContext> {
        let router = router(Gate(port: nil), service, doorkeeper)
        PageRoutes(service: service).add(to: router)
        router.get("metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: Metrics.mediaType],
                body: .init(byteBuffer: ByteBuffer(string: try await service.metrics().text)))
        }
        let v1 = router.group("v1")
        v1.get("status") { request, _ in
            let jobs = try request.number("jobs", in: 0...mostJobs) ?? usualJobs
            return try await json(service.status(jobs: jobs))
        }
        v1.get("jobs") { request, _ in
            var query = try request.query()
            let limit = query.limit
            query.limit += 1
            let jobs = try await service.jobs(query)
            return try json(JobList(jobs: Array(jobs.prefix(limit)), more: jobs.count > limit ? true : nil))
        }
        v1.get("jobs/:id") { request, context in
            try json(await service.job(context.jobID(), brief: request.flag("brief")))
        }
        v1.get("jobs/:id/events") { request, context in
            let after = try request.number("after", in: 0...Int.max) ?? 0
            return try json(await service.events(of: context.jobID(), after: Int64(after)))
        }
        v1.get("jobs/:id/tree") { _, context in try json(await service.tree(of: context.jobID())) }
        v1.get("jobs/:id/sheet") { _, context in
            Response(
                status: .ok, headers: [.contentType: "image/png"],
                body: .init(byteBuffer: ByteBuffer(bytes: try await service.sheet(of: context.jobID()))))
        }
        v1.get("page") { _, context in
            try json(await service.pageAccess(for: .atOtherEnd(of: context.channel)))
        }
        for name in JobVerb.Name.allCases {
            v1.post("jobs/:id/\(name)") { request, context in
                let verb = try request.verb(name)
                return try json(
                    await service.steer(verb, context.jobID(), by: .atOtherEnd(of: context.channel)))
            }
            v1.post("jobs/\(name)") { request, context in
                let (verb, selection) = (try request.verb(name), try request.selection())
                return try json(await service.steer(verb, selection, by: .atOtherEnd(of: context.channel)))
            }
        }
        for verb in ModeVerb.allCases {
            v1.post("\(verb)") { _, context in
                try json(await service.change(verb, by: .atOtherEnd(of: context.channel)))
            }
        }
        v1.post("clean") { request, context in
            try json(await service.clean(dryRun: request.flag("dry_run"), by: .atOtherEnd(of: context.channel)))
        }
        return router
    }

    /// Jobs in one answer: where no number is asked for, and at most. So an answer's size does not grow with the number of jobs.
    static let usualJobs = 100
    static let mostJobs = 1000
}

struct ControlContext: RequestContext {
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
    func number(_ name: Substring, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = uri.queryParameters[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let wanted =
                range.upperBound == .max
                ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
            throw ControlError.badRequest("\(name)=\(text): a number \(wanted) is wanted")
        }
        return number
    }

    fileprivate func flag(_ name: Substring) throws -> Bool {
        switch uri.queryParameters[name] {
        case nil, "false": return false
        case "true": return true
        case let text?: throw ControlError.badRequest("\(name)=\(text): true or false is wanted")
        }
    }

    private func states() throws -> Set<JobState.Name>? {
        let texts = uri.queryParameters[values: "state"]
        guard !texts.isEmpty else { return nil }
        return Set(
            try texts.map { text in
                guard let state = JobState.Name(rawValue: String(text)) else {
                    let all = JobState.Name.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ControlError.badRequest("state=\(text): one of \(all) is wanted")
                }
                return state
            })
    }

    fileprivate func query() throws -> JobQuery {
        JobQuery(
            states: try states(), name: uri.queryParameters["name"].map(String.init),
            after: Int64(try number("after", in: 0...Int.max) ?? 0), newestFirst: try flag("newest"),
            limit: try number("limit", in: 1...ControlServer.mostJobs) ?? ControlServer.mostJobs)
    }

    func verb(_ name: JobVerb.Name) throws -> JobVerb {
        switch name {
        case .cancel: return .cancel
        case .retry: return .retry
        case .hold:
            let now = try flag("now")
            guard try flag("at_keyframes") else { return .hold(now: now) }
            guard !now else { throw ControlError.badRequest("one of now=true and at_keyframes=true is wanted") }
            return .holdAtKeyframes
        case .release: return .release
        case .approve: return .approve
        case .reseed:
            let keyframe = try number("keyframe", in: 1...RenderPlan.segmentFrameRange.upperBound)
            return .reseed(keyframe: keyframe.map { $0 - 1 }, seed: try seed())
        case .priority:
            guard let number = try number("to", in: JobVerb.priorities) else {
                throw ControlError.badRequest("to=N is wanted: the priority")
            }
            return .priority(number)
        }
    }

    private func seed() throws -> UInt64? {
        guard let text = uri.queryParameters["seed"] else { return nil }
        guard let seed = UInt64(text) else {
            throw ControlError.badRequest("seed=\(text): a number from 0 to \(UInt64.max) is wanted")
        }
        return seed
    }

    fileprivate func selection() throws -> Selection {
        let numbers = try uri.queryParameters[values: "job"].map { text in
            guard let number = Int64(text), number > 0 else {
                throw ControlError.badRequest("job=\(text): the number of a job is wanted")
            }
            return number
        }
        switch (numbers.isEmpty, try states(), try flag("all")) {
        case (false, nil, false): return .numbers(numbers)
        case (true, let states?, false): return .states(states)
        case (true, nil, true): return .all
        default: throw ControlError.badRequest("one of job=ID, state=STATE and all=true is wanted")
        }
    }
}

/// Keeps one client's requests from being too many or too large for the others.
private struct Bounds: RouterMiddleware {
    let doorkeeper: Doorkeeper

    func handle(
        _ request: Request, context: ControlContext, next: (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        let visitor = try await Visitor.atOtherEnd(of: context.channel)
        guard doorkeeper.admits(visitor.account) else {
            let rate = Int(doorkeeper.limits.requestsPerSecond)
            var response = try json(
                ErrorReport(error: "too many requests: \(rate) a second are answered for one user"),
                status: .tooManyRequests)
            response.headers[.retryAfter] = "1"
            return response
        }
        // No request needs a body.
        _ = try await request.body.collect(upTo: doorkeeper.limits.bodyBytes)
        return try await next(request, context)
    }
}

/// Refuses what a web site has somebody's browser ask for.
private struct GateKeeping: RouterMiddleware {
    let gate: Gate

    func handle(
        _ request: Request, context: ControlContext, next: (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        let headers = request.headers
        let traits = Gate.Traits(
            isSafe: request.method == .get || request.method == .head, host: request.head.authority,
            origin: headers[.origin], site: headers[.init("Sec-Fetch-Site")!],
            mode: headers[.init("Sec-Fetch-Mode")!])
        if let refusal = gate.refusal(of: traits) { throw ControlError.forbidden(refusal) }
        return try await next(request, context)
    }
}

/// Every error becomes `{"error": "…"}` with the right code, and a page where a browser would show it. What nobody foresaw is 500 and
/// goes to the log.
private struct Errors: RouterMiddleware {
    let service: any PageService

    func handle(
        _ request: Request, context: ControlContext, next: (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as ControlError {
            return try answer(request, error.description, error.status)
        } catch let error as HTTPError where error.status == .notFound {
            return try answer(request, "nothing at \(request.method) \(request.uri.path)", .notFound)
        } catch let error as any HTTPResponseError {
            return try answer(request, "\(error)", error.status)
        } catch {
            context.logger.error("\(request.method) \(request.uri.path): \(error)")
            return try answer(request, "\(error)", .internalServerError)
        }
    }

    private func answer(_ request: Request, _ text: String, _ status: HTTPResponse.Status) throws -> Response {
        let isShown = request.headers[.accept]?.contains("text/html") == true && !request.uri.path.hasPrefix("/v1/")
        return isShown
            ? PageRoutes.html(service.errorPage(text), status: status)
            : try json(ErrorReport(error: text), status: status)
    }
}

extension ControlError {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .badRequest: .badRequest
        case .forbidden: .forbidden
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
