package import Foundation
package import Jobs

/// What a verb did to many jobs.
package struct SteeringReport: Codable, Sendable, Equatable {
    package struct Refusal: Codable, Sendable, Equatable {
        package var id: Int64
        /// A sentence.
        package var error: String

        package init(id: Int64, error: String) {
            self.id = id
            self.error = error
        }
    }

    /// The numbers of the jobs that it happened to.
    package var changed: [Int64]
    package var refused: [Refusal]

    package init(changed: [Int64], refused: [Refusal]) {
        self.changed = changed
        self.refused = refused
    }
}

/// What happened to a job, oldest first.
package struct EventList: Codable, Sendable, Equatable {
    package struct Event: Codable, Sendable, Equatable {
        /// Counts up.
        package var id: Int64
        package var time: Date
        /// One word: `accepted`, `started`, `failed` …
        package var kind: String
        /// Where it happened to a segment.
        package var depth: Int?
        package var segment: Int?
        package var message: String

        package init(_ row: EventRow) {
            id = row.id
            time = row.time
            kind = row.kind
            depth = row.depth
            segment = row.segment
            message = row.message
        }
    }

    package var events: [Event]

    package init(events: [Event]) {
        self.events = events
    }
}

/// What a cleaning removed, or would.
package struct CleaningReport: Codable, Sendable, Equatable {
    package struct File: Codable, Sendable, Equatable {
        package var path: String
        package var bytes: Int64
        /// `age` or `size`
        package var reason: String

        package init(path: String, bytes: Int64, reason: String) {
            self.path = path
            self.bytes = bytes
            self.reason = reason
        }
    }

    package var dryRun: Bool
    /// How many files, and their bytes.
    package var files: Int
    package var bytes: Int64
    /// What stays, of what may be removed one day.
    package var keptFiles: Int
    package var keptBytes: Int64
    /// The first of them, oldest first.
    package var removed: [File]

    package init(dryRun: Bool, files: Int, bytes: Int64, keptFiles: Int, keptBytes: Int64, removed: [File]) {
        self.dryRun = dryRun
        self.files = files
        self.bytes = bytes
        self.keptFiles = keptFiles
        self.keptBytes = keptBytes
        self.removed = removed
    }
}
