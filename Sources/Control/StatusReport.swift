import Foundation

/// The answer to `GET /v1/status`. `docs/json.md` is the contract for its JSON.
public struct StatusReport: Codable, Sendable, Equatable {
    /// Who made this report.
    public enum Source: String, Codable, Sendable {
        case daemon
        /// No daemon answered: `nuwactl` read the database.
        case database
    }

    public var source: Source
    /// The daemon; nil where none answered.
    public var daemon: DaemonReport?
    /// How many jobs there are, by state. Every state is a key.
    public var counts: [String: Int]
    /// Jobs that are not done, failed or cancelled, in the order in which they are worked on.
    public var jobs: [JobReport]
    /// What somebody should look at, a sentence each.
    public var warnings: [String]

    public init(source: Source, daemon: DaemonReport?, jobs all: [JobReport], warnings: [String] = []) {
        self.source = source
        self.daemon = daemon
        self.warnings = warnings
        counts = Dictionary(uniqueKeysWithValues: JobReport.State.allCases.map { ($0.rawValue, 0) })
        for job in all { counts[job.state.rawValue, default: 0] += 1 }
        jobs = all.filter { !$0.state.isFinal }.sorted(by: StatusReport.worksOnFirst)
    }

    public func count(_ state: JobReport.State) -> Int { counts[state.rawValue] ?? 0 }

    private static func worksOnFirst(_ left: JobReport, _ right: JobReport) -> Bool {
        func rank(_ job: JobReport) -> Int { job.state == .running ? 0 : 1 }
        return (rank(left), -left.priority, left.id) < (rank(right), -right.priority, right.id)
    }
}

/// What a running daemon says of itself.
public struct DaemonReport: Codable, Sendable, Equatable {
    public var version: String
    public var pid: Int32
    public var started: Date
    public var model: ModelReport
    /// Worker threads.
    public var workers: Int
    /// Segments at work now: at most one per worker.
    public var busy: Int
    /// The drop folder.
    public var spool: String
    /// Where films appear.
    public var films: String

    public init(
        version: String, pid: Int32, started: Date, model: ModelReport, workers: Int, busy: Int, spool: String,
        films: String
    ) {
        self.version = version
        self.pid = pid
        self.started = started
        self.model = model
        self.workers = workers
        self.busy = busy
        self.spool = spool
        self.films = films
    }
}

/// The model that films are made with.
public struct ModelReport: Codable, Sendable, Equatable {
    public var name: String
    public var hash: String
    /// `f32` or `bf16`.
    public var precision: String
    public var width: Int
    public var height: Int
    public var segmentFrames: Int

    public init(name: String, hash: String, precision: String, width: Int, height: Int, segmentFrames: Int) {
        self.name = name
        self.hash = hash
        self.precision = precision
        self.width = width
        self.height = height
        self.segmentFrames = segmentFrames
    }
}
