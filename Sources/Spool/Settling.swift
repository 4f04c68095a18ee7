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
/// `settle` seconds. A file that was there before anybody listened may still be open: it has to be quiet for longer, unless it was
/// renamed after the last write.
struct Settling: Sendable {
    enum Decision: Sendable, Equatable {
        case ready
        /// Look again after so many seconds.
        case wait(Double)
    }

    /// So long a file must be quiet, in seconds.
    let settle: Double
    /// So long a silent writer is waited for, in seconds; then his file is taken as it is, since the hint that he
    /// closed it may have been lost.
    private static let patience = 300.0

    /// A file of which inotify told nothing must be quiet so many times as long.
    private static let caution = 5.0

    private struct Trace: Sendable {
        var look: Look?
        /// When that look was first had.
        var since: Double = 0
        var landed = false
        var writing = false
        var closed = false
    }

    private var traces: [FileName: Trace] = [:]

    init(settle: Double) {
        self.settle = settle
    }

    mutating func heard(_ hint: Hint, of name: FileName) {
        switch hint {
        case .gone: traces[name] = nil
        case .landed: traces[name] = Trace(landed: true)
        case .closed:
            traces[name, default: Trace()].writing = false
            traces[name, default: Trace()].closed = true
        case .created, .modified:
            traces[name, default: Trace()].landed = false
            traces[name, default: Trace()].writing = true
            traces[name, default: Trace()].closed = false
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
        if trace.landed { return .ready }
        // A file with two names was linked into place; that makes the hint "created", and nobody will ever close it.
        let isAtWork = trace.writing && look.links < 2
        let isKnown = trace.closed || look.wasTouchedSince || look.links > 1
        let needed = isAtWork ? Self.patience : isKnown ? settle : settle * Self.caution
        let quiet = isAtWork ? now - trace.since : max(age, now - trace.since)
        return quiet >= needed ? .ready : .wait(needed - quiet)
    }

    mutating func forget(_ name: FileName) { traces[name] = nil }

    /// Forgets all files but these: the others are gone.
    mutating func keep(only names: Set<FileName>) { traces = traces.filter { names.contains($0.key) } }

    /// Hints were lost, so what they said about writers is no longer known.
    mutating func forgetHints() {
        for name in traces.keys {
            traces[name]?.landed = false
            traces[name]?.writing = false
            traces[name]?.closed = false
        }
    }
}
