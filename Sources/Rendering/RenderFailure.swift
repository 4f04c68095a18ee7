package import Diffusion
package import Files
package import Models
package import Plans
package import Video

/// Why a job could not be rendered: each names the place and the way out, and keeps its cause.
package enum RenderFailure: Error, Equatable, Sendable, Codable, CustomStringConvertible {
    /// A call of the operating system failed.
    case system(cause: SystemError)
    /// The model is not what it should be.
    case model(cause: ModelError)
    /// The networks refused a segment.
    case network(segment: SegmentID, cause: SegmentError)
    /// libavcodec or libavformat refused a chunk or the film.
    case video(path: String, cause: VideoError)
    /// The finished film does not hold what the plan says.
    case wrongFilm(path: String, frames: Int, expected: Int)
    /// The segment's files were damaged each time they had been written.
    case unkeepable(segment: SegmentID, times: Int)
    /// The job does not fit the model or itself.
    case unfit(job: Int64, reason: String)
    /// The segment is to be computed by something else than what was asked to; the bytes would be other ones.
    case foreign(segment: SegmentID, wanted: String, here: String)
    /// The same, of a segment that was to be made on another machine; `log` says more.
    indirect case elsewhere(cause: RenderFailure, log: String)
    /// Who makes segments on other machines ended without having made this one; `log` says more.
    case unmade(segment: SegmentID, reason: String, log: String)
    /// The renderer takes no more jobs.
    case stopped
    /// Another room's error, by its kind and in its own words.
    case unexpected(reason: String)

    /// The failure behind an error: itself, if it is one.
    package init(_ error: any Error) {
        self =
            switch error {
            case let failure as RenderFailure: failure
            case let cause as SystemError: .system(cause: cause)
            case let cause as ModelError: .model(cause: cause)
            default:
                SystemError(behind: error).map { .system(cause: $0) }
                    ?? .unexpected(reason: "\(type(of: error)): \(error)")
            }
    }

    /// Whether the machine is at fault: the disk, a limit, what is installed. Then the same job, submitted again unchanged, can go
    /// on once that is mended. Else it is the script, the network, or nuwa itself, and it would fail again.
    package var isOfMachine: Bool {
        switch self {
        case .system, .model, .unkeepable, .foreign, .unmade, .stopped: true
        case .elsewhere(let cause, _): cause.isOfMachine
        case .video(_, let cause): cause.isOfMachine
        case .network, .wrongFilm, .unfit, .unexpected: false
        }
    }

    private var isOutOfRoom: Bool {
        switch self {
        case .system(let cause): cause.isOutOfRoom
        case .video(_, let cause): cause.systemCode.map(SystemError.isOutOfRoom) ?? false
        default: false
        }
    }

    package var description: String {
        switch self {
        case .system(let cause) where isOutOfRoom:
            Self.noRoom(cause.path, cause.reason)
        case .system(let cause):
            "\(cause)"
        case .model(let cause):
            "\(cause)"
        case .network(let segment, let cause):
            "segment \(segment): \(cause)"
        case .video(let path, let cause) where isOutOfRoom:
            Self.noRoom(path, "\(cause)")
        case .video(let path, let cause):
            "\(path): \(cause)"
        case .wrongFilm(let path, let frames, let expected):
            "\(path) has \(frames) frames instead of \(expected) and was not put in place; start the job again"
        case .unkeepable(let segment, let times):
            "segment \(segment) was written \(times) times and damaged each time; check the disk of the workspace"
        case .unfit(let job, let reason):
            "job \(job) cannot be rendered: \(reason)"
        case .foreign(let segment, let wanted, let here):
            "segment \(segment) is to be made by \(wanted), but here is \(here)"
        case .elsewhere(let cause, let log):
            "\(cause); see \(log)"
        case .unmade(let segment, let reason, let log):
            "segment \(segment) was not made: \(reason); see \(log)"
        case .stopped:
            "the renderer has been stopped"
        case .unexpected(let reason):
            reason
        }
    }

    private static func noRoom(_ path: String, _ reason: String) -> String {
        "no room to write \(path): \(reason); finished segments are kept, so free some space"
    }
}
