import Foundation

/// What the daemon knows of a script when it accepts it.
public struct NewJob: Sendable, Equatable {
    /// File name of the script, for people.
    public var name: String
    /// The script's text, kept with the job.
    public var script: String
    /// SHA-256 of the script, lowercase hex.
    public var scriptHash: String
    /// Names the very file that was dropped; nil for a job that came another way.
    public var dropKey: String?
    /// Higher goes first.
    public var priority: Int
    public var frames: Int
    public var fps: Int
    public var seed: UInt64
    /// Name of the model.
    public var model: String

    public init(
        name: String, script: String, scriptHash: String, dropKey: String?, priority: Int = 0, frames: Int, fps: Int,
        seed: UInt64, model: String
    ) {
        self.name = name
        self.script = script
        self.scriptHash = scriptHash
        self.dropKey = dropKey
        self.priority = priority
        self.frames = frames
        self.fps = fps
        self.seed = seed
        self.model = model
    }
}

/// One script being rendered: its row, without the text (see ``JobStore/script(of:)``).
public struct Job: Sendable, Equatable, Codable, Identifiable {
    public let id: Int64
    public let name: String
    public let scriptHash: String
    public let state: JobState
    public let priority: Int
    public let frames: Int
    public let fps: Int
    public let seed: UInt64
    public let model: String
    /// When it was accepted.
    public let created: Date
    /// When it was last started.
    public let started: Date?
    /// When it was done, failed or cancelled.
    public let finished: Date?
    /// How often it was started.
    public let attempts: Int
}

/// What ``JobStore/accept(_:)`` made of a script.
public struct Acceptance: Sendable, Equatable {
    public let job: Job
    /// False when this very drop had its job already, that is when a crash came between the job and the file's move.
    public let isNew: Bool
}

/// Names one segment of one job.
public struct SegmentKey: Sendable, Hashable, Codable, CustomStringConvertible {
    public let job: Int64
    public let depth: Int
    public let index: Int

    public init(job: Int64, depth: Int, index: Int) {
        self.job = job
        self.depth = depth
        self.index = index
    }

    /// "d1s004"
    public var description: String {
        let digits = String(index)
        return "d\(depth)s" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}

/// The row of a segment.
public struct SegmentRow: Sendable, Equatable, Codable {
    public let key: SegmentKey
    public let state: SegmentState
    /// Attempts that count against it: started and not given back. One above 0 in a waiting segment says that nuwad
    /// died while it ran.
    public let attempts: Int
    public let stepsDone: Int
    public let stepsTotal: Int
}

/// One line of what happened. Never changed once written.
public struct EventRow: Sendable, Equatable, Codable, Identifiable {
    public let id: Int64
    public let time: Date
    public let job: Int64
    public let depth: Int?
    public let segment: Int?
    /// One word: "accepted", "started", "failed" …
    public let kind: String
    public let message: String
}
