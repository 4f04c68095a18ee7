import Foundation
package import RenderPlan

/// Why a job could not be rendered: each names the place and the way out.
package enum RenderFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// A write found no room: the file system is full, a quota is used up, or a file-size limit is reached.
    case diskFull(path: String, reason: String)
    /// Another call of the operating system failed.
    case fileSystem(action: String, path: String, reason: String)
    /// The networks refused a segment.
    case network(segment: SegmentID, reason: String)
    /// libavcodec or libavformat refused a chunk or the film.
    case video(path: String, reason: String)
    /// The finished film does not hold what the plan says.
    case wrongFilm(path: String, frames: Int, expected: Int)
    /// The segment's files were damaged each time they had been written.
    case unkeepable(segment: SegmentID, times: Int)
    /// The job does not fit the model or itself.
    case unfit(job: Int64, reason: String)
    /// An error that no room of nuwa has a name for.
    case unexpected(reason: String)

    /// Whether the same job, submitted again unchanged, can be expected to go on by itself once somebody made room.
    package var passesWithRoom: Bool {
        if case .diskFull = self { return true }
        return false
    }

    package var description: String {
        switch self {
        case .diskFull(let path, let reason):
            "no room to write \(path): \(reason); finished segments are kept, so free some space and start again"
        case .fileSystem(let action, let path, let reason):
            "cannot \(action) \(path): \(reason)"
        case .network(let segment, let reason):
            "segment \(segment): \(reason)"
        case .video(let path, let reason):
            "\(path): \(reason)"
        case .wrongFilm(let path, let frames, let expected):
            "\(path) has \(frames) frames instead of \(expected) and was not put in place; start the job again"
        case .unkeepable(let segment, let times):
            "segment \(segment) was written \(times) times and damaged each time; check the disk of the workspace"
        case .unexpected(let reason):
            reason
        case .unfit(let job, let reason):
            "job \(job) cannot be rendered: \(reason)"
        }
    }

    /// The failure behind `errno` after a call that was to `action` the file at `path`.
    static func systemCall(_ action: String, _ path: String, errno code: Int32) -> RenderFailure {
        let reason = String(cString: strerror(code))
        return switch code {
        case ENOSPC, EDQUOT, EFBIG: .diskFull(path: path, reason: reason)
        default: .fileSystem(action: action, path: path, reason: reason)
        }
    }
}
