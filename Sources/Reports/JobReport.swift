package import Foundation
package import Jobs
package import Scripts

/// A job as `nuwad` and `nuwactl` speak of it. `docs/json.md` is the contract for its JSON.
package struct JobReport: Codable, Sendable, Equatable, Identifiable {
    package var id: Int64
    /// The script's file name.
    package var name: String
    /// Whose it is: a user's name, `uid 1000` of one without, or `nobody known`.
    package var owner: String
    package var state: JobState.Name
    /// Why the job waits, is blocked or failed: a sentence.
    package var reason: String?
    /// What a held job waits for: `release`, or `approval` of its keyframes.
    package var hold: JobState.Hold?
    /// When a blocked job is tried again, at the earliest.
    package var until: Date?
    package var priority: Int
    /// The job whose script was edited: its keyframes stay where the prompts do.
    package var editOf: Int64?
    /// What it takes over from that job, as `15 of 16 keyframes stay`, where one job was asked for.
    package var takenOver: String?
    package var seed: UInt64
    /// Length of the film.
    package var frames: Int
    package var fps: Int
    package var accepted: Date
    package var started: Date?
    package var finished: Date?
    /// Coarsest first.
    package var depths: [DepthReport]
    /// How much of the work is done, 0 to 1.
    package var fraction: Double
    /// Seconds until the film is there, from measured times; nil before anything was measured, and where the job does not run. Of a
    /// queued one of several it counts what is before it.
    package var remainingSeconds: Double?
    /// The film's path; once the job is done it is there.
    package var film: String?
    /// The script's text, where one job was asked for.
    package var script: String?
    /// What its author should know of the script, where one job was asked for and its model is at hand.
    package var warnings: [Finding]?

    package init(
        id: Int64, name: String, owner: String, state: JobState.Name, reason: String?,
        hold: JobState.Hold?, until: Date?, priority: Int, editOf: Int64?, seed: UInt64,
        frames: Int, fps: Int, accepted: Date, started: Date?, finished: Date?,
        depths: [DepthReport], fraction: Double, remainingSeconds: Double?, film: String?
    ) {
        self.id = id
        self.name = name
        self.owner = owner
        self.state = state
        self.reason = reason
        self.hold = hold
        self.until = until
        self.priority = priority
        self.editOf = editOf
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
    }
}

/// How far one depth of a job is.
package struct DepthReport: Codable, Sendable, Equatable {
    package var depth: Int
    /// Distance in film frames between neighbouring frames of a segment.
    package var stride: Int
    package var segments: Int
    package var done: Int
    package var running: Int
    package var failed: Int
    /// How much of this depth is done, 0 to 1: a segment at work counts by its steps.
    package var fraction: Double

    package init(depth: Int, stride: Int, segments: Int, done: Int, running: Int, failed: Int, fraction: Double) {
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
package struct JobList: Codable, Sendable, Equatable {
    /// By number.
    package var jobs: [JobReport]
    /// True where there are others beyond these.
    package var more: Bool?

    package init(jobs: [JobReport], more: Bool? = nil) {
        self.jobs = jobs
        self.more = more
    }
}

/// What is said of a place in a script.
package struct Finding: Codable, Sendable, Equatable {
    /// `error` or `warning`
    package var severity: String
    /// From 1.
    package var line: Int
    /// From 1, in characters.
    package var column: Int
    package var message: String
    package var remedy: String?

    package init(_ diagnostic: Diagnostic) {
        severity = diagnostic.severity.rawValue
        line = diagnostic.line
        column = diagnostic.column
        message = diagnostic.message
        remedy = diagnostic.remedy
    }
}
