import CDispatch
import Files
import Foundation
import Glibc
import JSON
import Jobs
import Logging
import Plans
import Reports
import ServiceLifecycle
import Synchronization
import Testing
import TestSupport

@testable import Control
@testable import Server

@Suite("Server and client over a real Unix socket")
struct ServerTests {
    @Test("Every request arrives, and its answer comes back whole")
    func verbs() async throws {
        try await withServer { service, client, _ in
            try await #expect(client.status() == Sample.status)
            try await #expect(client.jobs() == [Sample.done, Sample.failed, Sample.running, Sample.queued])
            try await #expect(client.status(jobs: 1).jobs == [Sample.running])
            try await #expect(client.job(17, brief: true) == Sample.running)
            try await #expect(client.job(17).script == "the script")
            try await #expect(client.steer(.cancel, 17).state == .cancelled)
            try await #expect(client.steer(.retry, 16).state == .queued)
            try await #expect(client.steer(.hold(now: false), 17).state == .held)
            try await #expect(client.steer(.priority(-5), .states([.failed])).changed == [17])
            try await #expect(client.clean(dryRun: true).dryRun)
            try await #expect(client.jobs(JobQuery(states: [.done])) == [Sample.done])
            #expect(
                service.log.withLock(\.self).map(\.verb) == [
                    "cancel 17", "retry 16", "hold(now: false) 17",
                    "\(JobVerb.priority(-5)) \(Selection.states([.failed]))",
                ])
            await #expect(throws: ControlClientError.refused(status: 403, message: "pause is for admins")) {
                try await client.change(.pause)
            }
        }
    }

    @Test("The page is on the socket as well, where people are known by the kernel")
    func page() async throws {
        try await withServer { service, client, _ in
            func get(_ path: String) async throws -> String {
                String(decoding: try await client.exchange("GET", path).body, as: UTF8.self)
            }
            try await #expect(get("/") == "films")
            try await #expect(get("/?before=16") == "films before 16")
            try await #expect(get("/jobs/17?complaint=no%20ink") == "job 17 for \(getuid()): no ink")
            try await #expect(get("/jobs/17/frames/d1s004/3.png") == "17 d1s004 3")
            try await #expect(get("/page/page.css") == "body {}")
            try await #expect(client.exchange("GET", "/jobs/15/film.mp4").body == FakeService.film)
            try await #expect(client.sheet(of: 17) == Data("PNG of 17".utf8))
            try await #expect(client.pageAccess().token == "token-of-\(getuid())")
            #expect(try await client.exchange("POST", "/jobs/17/approve").status == 303)
            #expect(service.log.withLock(\.self).map(\.verb) == ["approve 17"])
        }
    }

    @Test("Metrics come as OpenMetrics text")
    func metrics() async throws {
        try await withServer { _, client, _ in
            let answer = try await client.exchange("GET", "/metrics")
            #expect(answer.status == 200)
            #expect(String(decoding: answer.body, as: UTF8.self) == Sample.metrics.text)
        }
    }

    @Test("Who cancels and retries is known from the kernel")
    func callers() async throws {
        try await withServer { service, client, _ in
            _ = try await client.steer(.cancel, 17)
            let caller = try #require(service.log.withLock(\.self).first?.caller)
            #expect(caller == Caller(user: getuid(), by: .socket(pid: getpid(), group: getgid())))
            #expect(caller.description.contains("pid \(getpid())"))
        }
    }

    @Test("What cannot be met is refused with the right code and the daemon's sentence")
    func refusals() async throws {
        try await withServer { _, client, _ in
            await #expect(
                throws: ControlClientError.refused(status: 404, message: "no job 99; `nuwactl list --all` shows all")
            ) {
                try await client.job(99)
            }
            await #expect(throws: ControlClientError.refused(status: 409, message: "job 15 is already done")) {
                try await client.steer(.cancel, 15)
            }
        }
    }

    @Test(
        "Every error is JSON",
        arguments: [
            ("GET", "/films", 404, "nothing at GET /films"), ("GET", "/v1/films", 404, "nothing at GET /v1/films"),
            ("POST", "/v1/status", 404, "nothing at POST /v1/status"),
            ("GET", "/v1/jobs/x", 400, "\"x\" is not the number of a job"),
            ("GET", "/v1/status?jobs=x", 400, "jobs=x: a number from 0 to 1000 is wanted"),
            ("GET", "/v1/jobs/-1", 400, "\"-1\" is not the number of a job"),
            ("POST", "/v1/jobs/17/priority", 400, "to=N is wanted: the priority"),
            ("POST", "/v1/jobs/17/priority?to=101", 400, "to=101: a number from -100 to 100 is wanted"),
            ("POST", "/v1/jobs/17/hold?now=1", 400, "now=1: true or false is wanted"),
            (
                "POST", "/v1/jobs/17/hold?now=true&at_keyframes=true", 400,
                "one of now=true and at_keyframes=true is wanted"
            ),
            ("POST", "/v1/jobs/17/reseed?keyframe=0", 400, "keyframe=0: a number from 1 to 32 is wanted"),
            (
                "POST", "/v1/jobs/17/reseed?seed=-1", 400,
                "seed=-1: a number from 0 to 18446744073709551615 is wanted"
            ),
            ("GET", "/v1/jobs/17/tree", 409, "the model of job 17 is not loaded"),
            ("GET", "/jobs/17/frames/d0s000/4.png", 404, "nothing at GET /jobs/17/frames/d0s000/4.png"),
            ("GET", "/jobs/17/frames/x/0.png", 404, "nothing at GET /jobs/17/frames/x/0.png"),
            ("GET", "/jobs/16/film.mp4", 404, "nothing at GET /jobs/16/film.mp4"),
            ("POST", "/v1/jobs/cancel", 400, "one of job=ID, state=STATE and all=true is wanted"),
            ("POST", "/v1/jobs/cancel?all=yes", 400, "all=yes: true or false is wanted"),
            ("GET", "/v1/jobs/13", 500, "the disk is on fire"),
        ])
    func errors(method: String, path: String, code: Int, message: String) async throws {
        try await withServer { _, client, _ in
            let answer = try await client.exchange(method, path)
            #expect(answer.status == code)
            #expect(try ReportJSON.decode(ErrorReport.self, from: answer.body) == ErrorReport(error: message))
        }
    }

    @Test("The socket is for owner and group only, and is gone after the server")
    func mode() async throws {
        let socket = try await withServer { _, _, socket in
            var facts = stat()
            #expect(stat(socket.path, &facts) == 0)
            #expect(facts.st_mode & 0o777 == 0o660)
        }
        #expect(access(socket.path, F_OK) != 0)
    }

    @Test("A socket that a killed daemon left behind is replaced")
    func leftover() async throws {
        try await withServer(before: { try bindAndAbandon($0) }) { _, client, _ in
            try await #expect(client.status() == Sample.status)
        }
    }

    @Test("A socket that the service manager listens on is served, answers who came before nuwad did, and stays")
    func inherited() async throws {
        let directory = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let socket = directory.appending(path: "nuwad.sock")
        let descriptor = try bindSocket(socket)
        try #require(listen(descriptor, 16) == 0)
        let early = Task { try await ControlClient(socket: socket, timeout: .seconds(300)).status() }
        try await withServer(at: socket, inherited: descriptor) { _, client, _ in
            try await #expect(early.value == Sample.status)
            try await #expect(client.status() == Sample.status)
        }
        #expect(access(socket.path, F_OK) == 0)
    }

    @Test("Many clients at once get their own answers")
    func concurrent() async throws {
        try await withServer { _, client, _ in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask { try await client.job(number % 2 == 0 ? 17 : 18).id == (number % 2 == 0 ? 17 : 18) }
                }
                for try await right in group { #expect(right) }
            }
        }
    }

    @Test("Without a daemon the client says so, with a socket left behind or without")
    func notRunning() async throws {
        let directory = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let socket = directory.appending(path: "nuwad.sock")
        let client = ControlClient(socket: socket)
        func nobody(_ code: Int32) -> ControlClientError {
            .notRunning(cause: SystemError("connect to", socket.path, code: code))
        }
        await #expect(throws: nobody(ENOENT)) { try await client.status() }
        try bindAndAbandon(socket)
        await #expect(throws: nobody(ECONNREFUSED)) { try await client.status() }
    }

    @Test("A path that no socket can have is refused with its length")
    func tooLong() async throws {
        let socket = URL(filePath: "/tmp/" + String(repeating: "x", count: 110))
        await #expect(throws: SocketPathTooLong.self) { try await ControlClient(socket: socket).status() }
        let server = ControlServer(
            socket: socket, inherited: nil, service: FakeService(), page: nil, logger: Logger(label: "test"),
            onPageTrouble: { _ in }, onListening: {})
        await #expect(throws: SocketPathTooLong.self) { try await server.run() }
    }
}

/// Runs a server on a socket in a directory of its own, and returns where the socket was.
@discardableResult
func withServer(
    before: (URL) throws -> Void = { _ in },
    _ body: @Sendable (FakeService, ControlClient, URL) async throws -> Void
) async throws -> URL {
    let directory = try makeTemporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let socket = directory.appending(path: "nuwad.sock")
    try before(socket)
    try await withServer(at: socket, inherited: nil, body)
    return socket
}

private func withServer(
    at socket: URL, inherited: Int32?, _ body: @Sendable (FakeService, ControlClient, URL) async throws -> Void
) async throws {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let service = FakeService()
    let (listening, signal) = AsyncStream<Void>.makeStream()
    // Tests beside these keep all processors busy, and then clients are slow that mean no harm.
    var limits = ControlLimits()
    (limits.lifetime, limits.idle) = (3600, 3600)
    let server = ControlServer(
        socket: socket, inherited: inherited, service: service, page: nil, logger: logger, limits: limits,
        onPageTrouble: { _ in }, onListening: { signal.finish() })
    let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
    let running = Task {
        // Also where it fails before it listens, so that nobody waits in vain.
        defer { signal.finish() }
        try await group.run()
    }
    for await _ in listening {}
    do {
        try await body(service, ControlClient(socket: socket, timeout: .seconds(300)), socket)
        await group.triggerGracefulShutdown()
        try await running.value
    } catch {
        await group.triggerGracefulShutdown()
        throw error
    }
}

/// A socket that nobody listens on any more, as a killed daemon leaves it.
private func bindAndAbandon(_ file: URL) throws { close(try bindSocket(file)) }

/// A socket with that name, which nobody listens on yet.
func bindSocket(_ file: URL) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: file.path.utf8) }
    let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    try #require(bound == 0)
    return descriptor
}

/// A daemon with four jobs and no renderer.
final class FakeService: ControlService, PageService {
    let log = Mutex<[(verb: String, caller: Caller)]>([])

    private struct Fire: Error, CustomStringConvertible {
        let description = "the disk is on fire"
    }

    func status(jobs: Int) async throws -> StatusReport {
        var report = Sample.status
        report.jobs = Array(report.jobs.prefix(jobs))
        return report
    }

    func metrics() async throws -> Metrics { Sample.metrics }

    func jobs(_ query: JobQuery) async throws -> [JobReport] {
        [Sample.done, Sample.failed, Sample.running, Sample.queued].filter {
            $0.id > query.after && query.states?.contains($0.state) ?? true
        }.prefix(query.limit).map(\.self)
    }

    func job(_ id: Int64, brief: Bool) async throws -> JobReport {
        if id == 13 { throw Fire() }
        guard var job = try await jobs(JobQuery()).first(where: { $0.id == id }) else {
            throw ControlError.noSuchJob(id)
        }
        if !brief { job.script = "the script" }
        return job
    }

    func tree(of id: Int64) async throws -> TreeReport {
        throw ControlError.conflict("the model of job \(id) is not loaded")
    }

    func sheet(of id: Int64) async throws -> Data { Data("PNG of \(id)".utf8) }

    func pageAccess(for caller: Caller) async throws -> PageAccess {
        PageAccess(address: nil, token: "token-of-\(caller.user)")
    }

    // MARK: - The page

    static let film = Data((0..<200).map { UInt8($0) })

    func asset(_ name: String) -> (type: String, bytes: Data)? {
        name == "page.css" ? ("text/css", Data("body {}".utf8)) : nil
    }

    func queuePage(before: Int64?) async throws -> String { "films" + (before.map { " before \($0)" } ?? "") }

    func errorPage(_ reason: String) -> String { "<p>\(reason)" }

    func jobPage(_ id: Int64, complaint: String?, for caller: Caller?) async throws -> String {
        "job \(id) for \(caller.map { "\($0.user)" } ?? "all")" + (complaint.map { ": \($0)" } ?? "")
    }

    func picture(_ place: Int, of segment: SegmentID, of job: Int64) async throws -> Data? {
        place < 4 ? Data("\(job) \(segment) \(place)".utf8) : nil
    }

    func stretchHead(of job: Int64) async throws -> (type: String, bytes: Data)? { nil }
    func stretchPiece(_ index: Int, of job: Int64) async throws -> Data? { nil }
    func filmSize(of job: Int64) async throws -> Int? { job == 15 ? Self.film.count : nil }
    func filmBytes(_ range: Range<Int>, of job: Int64) async throws -> Data { Self.film[range] }
    var pulse: Int { 7 }
    func caller(holding token: String) -> Caller? { token == "1000.good" ? Caller(user: 1000, by: .page) : nil }

    func events(of id: Int64, after: Int64) async throws -> EventList { EventList(events: []) }

    func steer(_ verb: JobVerb, _ id: Int64, by caller: Caller) async throws -> JobReport {
        var job = try await job(id, brief: true)
        guard verb == .retry || !job.state.isOver else {
            throw ControlError.conflict("job \(id) is already \(job.state.rawValue)")
        }
        log.withLock { $0.append(("\(verb) \(id)", caller)) }
        job.state = verb == .cancel ? .cancelled : verb == .hold(now: false) ? .held : .queued
        return job
    }

    func steer(_ verb: JobVerb, _ selection: Selection, by caller: Caller) async throws -> SteeringReport {
        log.withLock { $0.append(("\(verb) \(selection)", caller)) }
        return SteeringReport(changed: [17], refused: [])
    }

    func change(_ verb: ModeVerb, by caller: Caller) async throws -> StatusReport {
        throw ControlError.forbidden("\(verb) is for admins")
    }

    func clean(dryRun: Bool, by caller: Caller) async throws -> CleaningReport {
        CleaningReport(dryRun: dryRun, files: 0, bytes: 0, keptFiles: 0, keptBytes: 0, removed: [])
    }
}

/// Short, since a socket's path has 107 bytes at most.
private func makeTemporaryDirectory() throws -> URL {
    let name = "nuwa-\(UInt32.random(in: 0 ... .max))"
    let directory = FileManager.default.temporaryDirectory.appending(path: name, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory
}

extension ControlClient {
    func status() async throws -> StatusReport { try await status(jobs: nil) }

    func jobs() async throws -> [JobReport] { try await jobs(JobQuery()) }
}
