/// Where the putting together of a job's film stands. Attempts are those that were neither given back nor finished: in
/// a film that waits, deaths of nuwad.
enum FilmState: Sendable, Equatable {
    case waiting(attempts: Int)
    case running(attempts: Int)

    /// The state after an event. Throws ``IllegalTransition`` when the event makes no sense in this state.
    func after(_ event: FilmEvent) throws -> FilmState {
        switch (self, event) {
        case (.waiting(let attempts), .start): .running(attempts: attempts + 1)
        case (.running(let attempts), .giveBack): .waiting(attempts: attempts - 1)
        case (.running(let attempts), .interrupt): .waiting(attempts: attempts)
        case (.waiting, .retry): .waiting(attempts: 0)
        case (.waiting, _):
            throw IllegalTransition(
                subject: "film", state: "waiting", already: event == .giveBack, participle: event.participle,
                possibleIn: ["running"])
        case (.running, _):
            throw IllegalTransition(
                subject: "film", state: "running", already: event == .start, participle: event.participle,
                possibleIn: ["waiting"])
        }
    }
}

/// What can happen to a film, beside that its job is finished or fails with it.
package enum FilmEvent: Sendable, Equatable {
    case start
    /// Unharmed (stop, cancel, lost chunks): does not count as an attempt.
    case giveBack
    /// Found at work at a start, so nuwad died with it.
    case interrupt
    case retry

    fileprivate var participle: String {
        switch self {
        case .start: "started"
        case .giveBack: "given back"
        case .interrupt: "interrupted"
        case .retry: "retried"
        }
    }
}
