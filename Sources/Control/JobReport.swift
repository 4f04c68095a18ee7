import Foundation

/// A job as `nuwad` and `nuwactl` speak of it. `docs/json.md` is the contract for its JSON.
public struct JobReport: Codable, Sendable, Equatable, Identifiable {
    public enum State: String, Codable, Sendable, CaseIterable {
        case queued, held, running, paused, done, failed, cancelled

        /// Nothing more happens by itself.
        public var isFinal: Bool { self == .done || self == .failed || self == .cancelled }
    }

    public var id: Int64
    /// The script's file name.
    public var name: String
    public var state: State
    /// Why the job waits, is paused or failed: a sentence.
    public var reason: String?
    public var priority: Int
    public var seed: UInt64
    /// Length of the film.
    public var frames: Int
    public var fps: Int
    public var accepted: Date
    public var started: Date?
    public var finished: Date?
    /// Coarsest first.
    public var depths: [DepthReport]
    /// How much of the work is done, 0 to 1.
    public var fraction: Double
    /// Seconds until the film is there, from measured times; nil before anything was measured, and where the job does not run.
    public var remainingSeconds: Double?
    /// The film's path; once the job is done it is there.
    public var film: String?
    /// The script's text, where one job was asked for.
    public var script: String?

    public init(
        id: Int64, name: String, state: State, reason: String? = nil, priority: Int = 0, seed: UInt64 = 0,
        frames: Int, fps: Int, accepted: Date, started: Date? = nil, finished: Date? = nil,
        depths: [DepthReport] = [], fraction: Double = 0, remainingSeconds: Double? = nil, film: String? = nil,
        script: String? = nil
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.reason = reason
        self.priority = priority
        self.seed = seed
        self.frames = frames
        self.fps = fps
        self.accepted = accepted
        self.started = started
        self.finished = finished
        self.depths = depths
        self.fraction = fraction
        self.remainingSeconds = remainingSeconds
        self.film = film
        self.script = script
    }
}

/// How far one depth of a job is.
public struct DepthReport: Codable, Sendable, Equatable {
    public var depth: Int
    /// Distance in film frames between neighbouring frames of a segment.
    public var stride: Int
    public var segments: Int
    public var done: Int
    public var running: Int
    public var failed: Int
    /// How much of this depth is done, 0 to 1: a segment at work counts by its steps.
    public var fraction: Double

    public init(depth: Int, stride: Int, segments: Int, done: Int, running: Int = 0, failed: Int = 0, fraction: Double)
    {
        self.depth = depth
        self.stride = stride
        self.segments = segments
        self.done = done
        self.running = running
        self.failed = failed
        self.fraction = fraction
    }
}

/// The answer to `GET /v1/jobs`.
public struct JobList: Codable, Sendable, Equatable {
    /// Oldest first.
    public var jobs: [JobReport]

    public init(jobs: [JobReport]) {
        self.jobs = jobs
    }
}
