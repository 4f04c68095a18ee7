package import Foundation
package import Jobs

/// The answer to `GET /v1/status`. `docs/json.md` is the contract for its JSON.
package struct StatusReport: Codable, Sendable, Equatable {
    /// Who made this report.
    package enum Source: String, Codable, Sendable {
        case daemon
        /// No daemon answered: `nuwactl` read the database.
        case database
    }

    package var source: Source
    /// The daemon; nil where none answered.
    package var daemon: DaemonReport?
    /// Whether it renders.
    package var mode: ModeReport
    /// Whose jobs run or are queued: first whose turn is next.
    package var owners: [OwnerReport]
    /// How many jobs there are, by state. Every state is a key.
    package var counts: [String: Int]
    /// Jobs that are not done, failed or cancelled, in the order in which they are worked on: as many as were asked for.
    package var jobs: [JobReport]
    /// What somebody should look at, a sentence each.
    package var warnings: [String]

    package init(
        source: Source, daemon: DaemonReport?, mode: Mode, owners: [OwnerReport],
        counts: [JobState.Name: Int], jobs: [JobReport], warnings: [String]
    ) {
        self.source = source
        self.daemon = daemon
        self.mode = ModeReport(mode)
        self.owners = owners
        self.counts = Dictionary(
            uniqueKeysWithValues: JobState.Name.allCases.map { ($0.rawValue, counts[$0] ?? 0) })
        self.jobs = jobs
        self.warnings = warnings
    }

    package func count(_ state: JobState.Name) -> Int { counts[state.rawValue] ?? 0 }

    /// All jobs that are not over, listed here or not.
    package var unfinished: Int { JobState.Name.allCases.reduce(0) { $0 + ($1.isOver ? 0 : count($1)) } }
}

/// Whether nuwad renders, and who changed that.
package struct ModeReport: Codable, Sendable, Equatable {
    package var name: Mode.Name
    package var by: String?
    package var since: Date?

    package init(_ mode: Mode) {
        name = mode.name
        by = mode.by
        since = mode.since
    }
}

/// One who shares the machine.
package struct OwnerReport: Codable, Sendable, Equatable {
    /// As in a job.
    package var name: String
    package var running: Int
    package var queued: Int

    package init(name: String, running: Int, queued: Int) {
        self.name = name
        self.running = running
        self.queued = queued
    }
}

/// What a running daemon says of itself.
package struct DaemonReport: Codable, Sendable, Equatable {
    package var version: String
    package var pid: Int32
    package var started: Date
    package var model: ModelReport
    /// The instructions that it computes with, chosen at its start; nil from a daemon of before it was told.
    package var instructions: String?
    /// Segments that can be at work at a time: threads, or elements in a cluster's queue.
    package var workers: Int
    /// Segments at work now.
    package var busy: Int
    /// The drop folder.
    package var spool: String
    /// Where films appear.
    package var films: String

    package init(
        version: String, pid: Int32, started: Date, model: ModelReport, instructions: String?, workers: Int, busy: Int,
        spool: String, films: String
    ) {
        self.version = version
        self.pid = pid
        self.started = started
        self.model = model
        self.instructions = instructions
        self.workers = workers
        self.busy = busy
        self.spool = spool
        self.films = films
    }
}

/// The model that films are made with.
package struct ModelReport: Codable, Sendable, Equatable {
    package var name: String
    package var hash: String
    /// `f32` or `bf16`.
    package var precision: String
    package var width: Int
    package var height: Int
    package var segmentFrames: Int

    package init(name: String, hash: String, precision: String, width: Int, height: Int, segmentFrames: Int) {
        self.name = name
        self.hash = hash
        self.precision = precision
        self.width = width
        self.height = height
        self.segmentFrames = segmentFrames
    }
}
