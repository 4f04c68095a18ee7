package import Files
package import Foundation
import Glibc
import JSON
package import Jobs
package import Reports
import Terminal

/// Asks a running daemon, over its control socket. A connection per request, on a thread of its own, since it blocks.
package struct ControlClient: Sendable {
    package let socket: URL
    private let timeout: Duration

    /// - Parameter timeout: for one whole request
    package init(socket: URL, timeout: Duration = .seconds(30)) {
        self.socket = socket
        self.timeout = timeout
    }

    /// - Parameter jobs: how many jobs to tell of at most; nil for the usual number
    package func status(jobs: Int?) async throws -> StatusReport {
        try await request("GET", "/v1/status" + query([("jobs", jobs.map(String.init))]))
    }

    /// Jobs by number, in as many requests as it takes.
    package func jobs(_ wanted: JobQuery) async throws -> [JobReport] {
        var jobs: [JobReport] = []
        while true {
            let after = wanted.newestFirst ? wanted.after : jobs.last?.id ?? wanted.after
            let limit = wanted.limit == .max ? nil : wanted.limit - jobs.count
            let page: JobList = try await request(
                "GET",
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
        try await request("GET", "/v1/jobs/\(id)" + query([("brief", brief ? "true" : nil)]))
    }

    package func events(of id: Int64) async throws -> EventList {
        try await request("GET", "/v1/jobs/\(id)/events")
    }

    /// The contact sheet of what there is of a job so far, as PNG. It may have to be decoded, beside a render that has every core.
    package func sheet(of id: Int64) async throws -> Data {
        try await ControlClient(socket: socket, timeout: .seconds(300)).body("GET", "/v1/jobs/\(id)/sheet")
    }

    package func pageAccess() async throws -> PageAccess { try await request("GET", "/v1/page") }

    package func steer(_ verb: JobVerb, _ id: Int64) async throws -> JobReport {
        try await request("POST", "/v1/jobs/\(id)/\(verb.name)" + query(verb.parameters))
    }

    package func steer(_ verb: JobVerb, _ selection: Selection) async throws -> SteeringReport {
        try await request("POST", "/v1/jobs/\(verb.name)" + query(verb.parameters + selection.parameters))
    }

    package func change(_ verb: ModeVerb) async throws -> StatusReport { try await request("POST", "/v1/\(verb)") }

    package func clean(dryRun: Bool) async throws -> CleaningReport {
        try await request("POST", "/v1/clean" + query([("dry_run", dryRun ? "true" : nil)]))
    }

    private func query(_ parameters: [(name: String, value: String?)]) -> String {
        let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        let given = parameters.compactMap { name, value in
            value?.addingPercentEncoding(withAllowedCharacters: unreserved).map { "\(name)=\($0)" }
        }
        return given.isEmpty ? "" : "?" + given.joined(separator: "&")
    }

    /// - Throws: `ControlClientError`, `SocketPathTooLong`
    private func request<Answer: Decodable>(_ method: String, _ path: String) async throws -> Answer {
        let body = try await body(method, path)
        do {
            return try ReportJSON.decode(Answer.self, from: body)
        } catch {
            throw ControlClientError.garbled(socket: socket.path, reason: "\(error)")
        }
    }

    private func body(_ method: String, _ path: String) async throws -> Data {
        let answer = try await exchange(method, path)
        guard (200..<300).contains(answer.status) else {
            let report = try? ReportJSON.decode(ErrorReport.self, from: answer.body)
            throw ControlClientError.refused(status: answer.status, message: report?.error ?? answer.reason)
        }
        return answer.body
    }

    func exchange(_ method: String, _ path: String) async throws -> HTTPAnswer {
        try SocketPathTooLong.check(socket)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try answer(to: method, path) }) }
        }
    }

    private func answer(to method: String, _ path: String) throws(ControlClientError) -> HTTPAnswer {
        let reply: LocalHTTP.Reply
        do {
            reply = try LocalHTTP.exchange(method, path, at: socket.path, timeout: timeout)
        } catch {
            switch error.code {
            case EACCES, EPERM: throw .notAllowed(socket: socket.path)
            case ENOENT, ECONNREFUSED: throw .notRunning(cause: error)
            // It hung up, or was too busy to let anybody in.
            case ECONNRESET, EPIPE: throw .cutOff(socket: socket.path)
            case EAGAIN: throw .late(socket: socket.path, after: timeout)
            default: throw .failed(cause: error)
            }
        }
        switch reply {
        case .whole(let answer): return answer
        case .cutOff: throw .cutOff(socket: socket.path)
        case .late: throw .late(socket: socket.path, after: timeout)
        case .garbled: throw .garbled(socket: socket.path, reason: "it is no answer in HTTP")
        }
    }
}

/// Why a daemon gave no answer, or the wrong one.
package enum ControlClientError: Error, Equatable, CustomStringConvertible {
    /// Nobody listens: the cause is that of connect(2).
    case notRunning(cause: SystemError)
    case notAllowed(socket: String)
    /// The daemon's own words.
    case refused(status: Int, message: String)
    case garbled(socket: String, reason: String)
    /// The connection ended before the answer was whole: the daemon went away while it answered.
    case cutOff(socket: String)
    case late(socket: String, after: Duration)
    /// A call of the operating system failed.
    case failed(cause: SystemError)

    package var description: String {
        switch self {
        case .notRunning(let cause):
            "no nuwad answers at \(cause.path) (\(cause.reason)); start it (systemctl start nuwad), or name its --root or --socket"
        case .notAllowed(let socket):
            "you may not use \(socket): it is for the group nuwa (adduser YOU nuwa, then log in again)"
        case .refused(_, let message):
            message
        case .garbled(let socket, let reason):
            "what answers at \(socket) makes no sense: \(reason)"
        case .cutOff(let socket):
            "what answers at \(socket) went away in the middle of it; ask again"
        case .late(let socket, let time):
            "no answer came from \(socket) in \(durationText(time / .seconds(1))); `journalctl -u nuwad` may tell why"
        case .failed(let cause):
            "\(cause)"
        }
    }
}

extension JobVerb {
    fileprivate var parameters: [(name: String, value: String?)] {
        switch self {
        case .priority(let number): [("to", "\(number)")]
        case .hold(now: true): [("now", "true")]
        case .holdAtKeyframes: [("at_keyframes", "true")]
        case .reseed(let keyframe, let seed):
            [("keyframe", keyframe.map { "\($0 + 1)" }), ("seed", seed.map { "\($0)" })]
        case .cancel, .retry, .hold(now: false), .release, .approve: []
        }
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
