package import Foundation
package import Jobs

/// What happened to a job, oldest first.
package struct EventList: Codable, Sendable, Equatable {
    package struct Event: Codable, Sendable, Equatable {
        /// Counts up.
        package var id: Int64
        package var time: Date
        /// A word, or a few: `accepted`, `started`, `failed` …
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
