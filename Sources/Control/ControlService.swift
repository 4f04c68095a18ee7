package import Foundation
package import Reports

/// What can be asked of a running daemon. `nuwad` implements it, `ControlServer` puts it on a socket, and `ControlClient` is the
/// other end: the same verbs at each place.
package protocol ControlService: Sendable {
    /// - Parameter jobs: how many jobs to tell of at most; nil for all that are not over
    func status(jobs: Int?) async throws -> StatusReport
    /// What a monitoring system wants to know.
    func metrics() async throws -> Metrics
    /// All jobs, oldest first.
    func jobs() async throws -> [JobReport]
    /// One job.
    /// - Parameter brief: without its script and what is to be known of it
    /// - Throws: `ControlError.noSuchJob`
    func job(_ id: Int64, brief: Bool) async throws -> JobReport
    /// Stops work on a job for good. Returns once no worker is at it any more.
    /// - Throws: `ControlError.noSuchJob`; `.conflict` where the job is over already
    func cancel(_ id: Int64, by caller: Caller) async throws -> JobReport
    /// Puts a failed or cancelled job back into the queue. What it finished before is kept.
    /// - Throws: `ControlError.noSuchJob`; `.conflict` where the job is neither failed nor cancelled
    func retry(_ id: Int64, by caller: Caller) async throws -> JobReport
}

/// A request that cannot be met, with the sentence that the user sees.
package enum ControlError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The request itself is wrong: 400.
    case badRequest(String)
    /// 404
    case noSuchJob(Int64)
    /// The job's state does not allow it: 409.
    case conflict(String)

    package var description: String {
        switch self {
        case .badRequest(let message), .conflict(let message): message
        case .noSuchJob(let id): "no job \(id)"
        }
    }
}

/// The body of every answer that is not 2xx.
package struct ErrorReport: Codable, Sendable, Equatable {
    package var error: String

    package init(error: String) {
        self.error = error
    }
}

/// The kernel keeps a Unix socket's path in 108 bytes, one of them the end. Longer ones fail in ways that name nothing.
package struct SocketPathTooLong: Error, Equatable, CustomStringConvertible {
    package static let limit = 107
    package let path: String

    /// - Throws: itself, where the path is too long
    package static func check(_ socket: URL) throws(SocketPathTooLong) {
        if socket.path.utf8.count > limit { throw SocketPathTooLong(path: socket.path) }
    }

    package var description: String {
        "the socket's path has \(path.utf8.count) bytes and may have \(Self.limit): \(path); choose a shorter --root or --socket"
    }
}
