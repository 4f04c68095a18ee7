/// What inotify says about a file. A hint only: it may be missing, late or doubled.
enum Hint: Sendable, Equatable {
    /// Renamed into place: complete by convention.
    case landed
    /// Its name appeared: somebody has it open for writing, or it is a second name for a file.
    case created
    case modified
    /// A writer closed it.
    case closed
    /// Renamed away or deleted.
    case gone
}

/// Decides when a file in the drop folder is complete. Pure: times come in as seconds.
///
/// A file is complete when it was renamed into place, or when whoever wrote it has closed it and nothing has happened to it for
/// `settleSeconds`. A file that was there before anybody listened may still be open: it has to be quiet for longer, unless it was
/// renamed after the last write.
struct Settling: Sendable {
    enum Decision: Sendable, Equatable {
        case ready
        /// Look again after so many seconds.
        case wait(Double)
    }

    /// So long a file must be quiet, in seconds.
    let settleSeconds: Double
    /// So long a silent writer is waited for, in seconds; then his file is taken as it is, since the hint that he
    /// closed it may have been lost.
    private static let patience = 300.0

    /// A file of which inotify told nothing must be quiet so many times as long.
    private static let caution = 5.0

    /// What the hints say of a file's writer.
    private enum Writer: Sendable {
        /// Nothing: there may be one from before.
        case unknown
        case atWork
        /// He has closed it.
        case finished
        /// It was renamed into place, and nobody has written to it since.
        case landed
    }

    private struct Trace: Sendable {
        var look: Look?
        /// When that look was first had.
        var since: Double = 0
        var writer = Writer.unknown
    }

    private var traces: [FileName: Trace] = [:]

    init(settleSeconds: Double) {
        self.settleSeconds = settleSeconds
    }

    mutating func heard(_ hint: Hint, of name: FileName) {
        switch hint {
        case .gone: traces[name] = nil
        case .landed: traces[name] = Trace(writer: .landed)
        // Opened and closed without a write, it is as complete as it was.
        case .closed where traces[name]?.writer == .landed: break
        case .closed: traces[name, default: Trace()].writer = .finished
        case .created, .modified: traces[name, default: Trace()].writer = .atWork
        }
    }

    /// - Parameters:
    ///   - age: seconds since the file was changed, by the clock that stamps files; below 0 when that clock was set
    ///     back.
    ///   - now: a clock that is never set.
    mutating func decide(_ name: FileName, look: Look, age: Double, now: Double) -> Decision {
        var trace = traces[name] ?? Trace()
        defer { traces[name] = trace }
        if trace.look.map({ $0.isSameContent(as: look) }) != true {
            trace.look = look
            trace.since = now
        }
        // A file with two names was linked into place; that makes the hint "created", and nobody will ever close it.
        let isLinked = look.links > 1
        let seen = now - trace.since
        switch trace.writer {
        case .landed: return .ready
        case .atWork where !isLinked: return Self.whenQuiet(for: seen, of: Self.patience)
        case .finished, .atWork: return Self.whenQuiet(for: max(age, seen), of: settleSeconds)
        case .unknown:
            let isComplete = isLinked || look.wasTouchedSince
            return Self.whenQuiet(for: max(age, seen), of: isComplete ? settleSeconds : settleSeconds * Self.caution)
        }
    }

    private static func whenQuiet(for seconds: Double, of needed: Double) -> Decision {
        seconds >= needed ? .ready : .wait(needed - seconds)
    }

    mutating func forget(_ name: FileName) { traces[name] = nil }

    /// Forgets all files but these: the others are gone.
    mutating func keep(only names: Set<FileName>) { traces = traces.filter { names.contains($0.key) } }

    /// Hints were lost, so what they said about writers is no longer known.
    mutating func forgetHints() {
        for name in traces.keys { traces[name]?.writer = .unknown }
    }
}
