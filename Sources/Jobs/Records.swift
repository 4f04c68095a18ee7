package import Foundation
package import Plans

/// What the daemon knows of a script when it accepts it.
package struct NewJob: Sendable {
    /// File name of the script, for people.
    package var name: String
    /// The script's text, kept with the job.
    package var script: String
    /// SHA-256 of the script, lowercase hex.
    package var scriptHash: String
    /// Names the very file that was dropped; nil for a job that came another way.
    package var dropKey: String?
    /// Whether that file has other names too: then another name is another drop. Else it is the same one, renamed.
    package var dropIsLinked: Bool
    /// The user whose file it was; nil where that is not known.
    package var owner: UInt32?
    /// Higher goes first, of one owner's.
    package var priority: Int
    package var frames: Int
    package var fps: Int
    package var seed: UInt64
    /// Name of the model.
    package var model: String
    /// Whether it is to be approved when its keyframes are there.
    package var stopsAtKeyframes: Bool
    /// How its keyframes are made; none: all of them, with the job's seed.
    package var takes: [Take]
    /// The job whose script was edited, and what is taken over from it; nil for a script of its own.
    package var edit: (of: Int64, kept: KeptKeyframes)?

    package init(
        name: String, script: String, scriptHash: String, dropKey: String?, dropIsLinked: Bool,
        owner: UInt32?, priority: Int, frames: Int, fps: Int, seed: UInt64, model: String,
        stopsAtKeyframes: Bool, takes: [Take], edit: (of: Int64, kept: KeptKeyframes)?
    ) {
        self.name = name
        self.script = script
        self.scriptHash = scriptHash
        self.dropKey = dropKey
        self.dropIsLinked = dropIsLinked
        self.owner = owner
        self.priority = priority
        self.frames = frames
        self.fps = fps
        self.seed = seed
        self.model = model
        self.stopsAtKeyframes = stopsAtKeyframes
        self.takes = takes
        self.edit = edit
    }
}

/// What an edit leaves of the keyframes as they are.
package struct KeptKeyframes: Sendable, Equatable, CustomStringConvertible {
    package let kept: Int
    /// How many there are in all.
    package let total: Int

    package init(kept: Int, of total: Int) {
        self.kept = kept
        self.total = total
    }

    /// `15 of 16 keyframes stay`; `all 16 keyframes stay`
    package var description: String { "\(kept == total ? "all" : "\(kept) of") \(total) keyframes stay" }
}

/// One script being rendered: its row, without the text (see ``JobStore/script(of:)``).
package struct Job: Sendable, Equatable {
    package let id: Int64
    package let name: String
    package let scriptHash: String
    /// The user whose file it was; nil where that is not known.
    package let owner: UInt32?
    package let state: JobState
    /// How many faults have blocked it since a segment or film of it was made last.
    package let faults: Int
    package let priority: Int
    package let frames: Int
    package let fps: Int
    package let seed: UInt64
    package let model: String
    /// Whether it is to be approved when its keyframes are there.
    package let stopsAtKeyframes: Bool
    /// How its keyframes are made; none: all of them, with the job's seed.
    package let takes: [Take]
    /// The job whose script was edited.
    package let editOf: Int64?
    /// What it took over from that job.
    package let kept: KeptKeyframes?
    /// When it was accepted.
    package let accepted: Date
    /// When it was last started.
    package let started: Date?
    /// When it was done, failed or cancelled.
    package let finished: Date?
    /// How often it was started.
    package let attempts: Int
}

/// Which jobs are asked for.
package struct JobQuery: Sendable, Equatable {
    /// nil for all
    package var states: Set<JobState.Name>?
    /// A script's file name, with or without its ending.
    package var name: String?
    /// Only jobs of higher numbers.
    package var after: Int64
    /// Only jobs of lower numbers; nil for all.
    package var before: Int64?
    package var newestFirst: Bool
    /// How many at most.
    package var limit: Int

    package init(
        states: Set<JobState.Name>? = nil, name: String? = nil, after: Int64 = 0, before: Int64? = nil,
        newestFirst: Bool = false, limit: Int = .max
    ) {
        self.states = states
        self.name = name
        self.after = after
        self.before = before
        self.newestFirst = newestFirst
        self.limit = limit
    }
}

/// What ``JobStore/accept(_:)`` made of a script.
package struct Acceptance: Sendable, Equatable {
    package let job: Job
    /// False when this very drop had its job already, that is when a crash came between the job and the file's move.
    package let isNew: Bool
}

/// Names one segment of one job.
package struct SegmentKey: Sendable, Hashable, CustomStringConvertible {
    package let job: Int64
    package let segment: SegmentID

    package init(job: Int64, segment: SegmentID) {
        self.job = job
        self.segment = segment
    }

    package init(job: Int64, depth: Int, index: Int) {
        self.init(job: job, segment: SegmentID(depth: depth, index: index))
    }

    package var depth: Int { segment.depth }
    package var index: Int { segment.index }

    /// "d1s004"
    package var description: String { segment.description }
}

/// The row of a segment.
struct SegmentRow: Sendable, Equatable {
    let key: SegmentKey
    let state: SegmentState
    /// Attempts that count against it: started and not given back. One above 0 in a waiting segment says that nuwad
    /// died while it ran.
    let attempts: Int
}

/// One line of what happened. Never changed once written.
package struct EventRow: Sendable, Equatable {
    package let id: Int64
    package let time: Date
    package let job: Int64
    package let depth: Int?
    package let segment: Int?
    /// A word, or a few: "accepted", "started", "failed" …
    package let kind: String
    package let message: String
}
