package import Foundation
import GRDB

/// Whether nuwad renders.
package enum Mode: Sendable, Equatable {
    case rendering
    /// Somebody has paused it; it stays so across restarts.
    case paused(by: String, since: Date)
    /// Ends what runs, begins nothing, and stops. Not kept: the next start is as it would have been without.
    case draining(by: String, since: Date)

    /// The mode without its data, as JSON says it.
    package enum Name: String, Sendable, Codable, CaseIterable {
        case rendering, paused, draining
    }

    package var name: Name {
        switch self {
        case .rendering: .rendering
        case .paused: .paused
        case .draining: .draining
        }
    }

    package var by: String? {
        switch self {
        case .rendering: nil
        case .paused(let by, _), .draining(let by, _): by
        }
    }

    package var since: Date? {
        switch self {
        case .rendering: nil
        case .paused(_, let since), .draining(_, let since): since
        }
    }
}

extension JobStore {
    private static let pausedBy = "paused_by"
    private static let pausedSince = "paused_since"

    /// The mode that nuwad starts in.
    package func mode() throws -> Mode {
        try read { db in
            let facts = try Row.fetchAll(db, sql: "SELECT key, value FROM daemon").reduce(into: [String: String]()) {
                $0[$1["key"]] = $1["value"]
            }
            guard let by = facts[Self.pausedBy], let since = facts[Self.pausedSince].flatMap(Double.init) else {
                return .rendering
            }
            return .paused(by: by, since: Date(timeIntervalSince1970: since))
        }
    }

    package func keep(_ mode: Mode) throws {
        try write { db in
            try db.execute(
                sql: "DELETE FROM daemon WHERE key IN (?, ?)", arguments: [Self.pausedBy, Self.pausedSince])
            guard case .paused(let by, let since) = mode else { return }
            for (key, value) in [(Self.pausedBy, by), (Self.pausedSince, "\(since.timeIntervalSince1970)")] {
                try db.execute(sql: "INSERT INTO daemon (key, value) VALUES (?, ?)", arguments: [key, value])
            }
        }
    }
}
