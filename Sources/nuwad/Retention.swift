import Foundation
import Installation

/// A file that a job has left behind.
struct Leftover: Equatable, Sendable {
    let path: String
    let bytes: Int64
    /// When it was last written or read.
    let used: Date
    /// Whether an unfinished job may still need it.
    let isNeeded: Bool
    /// Whether it is a script, which is small, and goes for its age alone.
    let isScript: Bool
}

/// What of the leftovers goes. Pure.
struct Retention: Equatable, Sendable {
    enum Reason: String, Sendable {
        /// Nobody has used it for too long.
        case age
        /// All together they are too many, and it is among the oldest.
        case size
    }

    /// In seconds; nil for ever.
    let age: Double?
    /// Of all that is there; nil without a bound.
    let bytes: Int64?

    init(age: Double?, bytes: Int64?) {
        self.age = age
        self.bytes = bytes
    }

    init(_ configuration: Configuration.Retention) {
        age = configuration.days > 0 ? configuration.days * 86_400 : nil
        bytes = configuration.gib > 0 ? Int64(configuration.gib * Double(1 << 30)) : nil
    }

    /// Oldest first. What is needed never goes, but counts.
    func choose(from leftovers: [Leftover], now: Date) -> [(leftover: Leftover, reason: Reason)] {
        var total = leftovers.reduce(0) { $0 + $1.bytes }
        return leftovers.filter { !$0.isNeeded }.sorted { ($0.used, $0.path) < ($1.used, $1.path) }.compactMap { one in
            let reason: Reason? =
                if let age, now.timeIntervalSince(one.used) > age {
                    .age
                } else if let bytes, total > bytes, !one.isScript {
                    .size
                } else {
                    nil
                }
            guard let reason else { return nil }
            total -= one.bytes
            return (one, reason)
        }
    }
}
