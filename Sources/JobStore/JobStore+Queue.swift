package import Foundation
import GRDB

extension JobStore {
    /// Since when the job waits that has been queued longest; nil where none is.
    package func queuedSince() throws -> Date? {
        try read { try Double.fetchOne($0, sql: "SELECT min(since) FROM jobs WHERE state = 'queued'") }
            .map(Date.init(timeIntervalSince1970:))
    }
}
