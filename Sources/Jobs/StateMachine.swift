package import Foundation
import Plans

// The only place where a status changes. Pure functions, which also say what follows from the change; the store applies
// both inside a transaction.

/// What can happen to a job.
package enum JobEvent: Sendable, Equatable {
    case start
    case finish(film: String)
    case fail(reason: String)
    case cancel
    case hold
    /// It shall stop when its keyframes are there.
    case holdAtKeyframes
    /// They are there, and it was to stop.
    case reachKeyframes
    /// Its keyframes are good, or need not be looked at.
    case approve
    /// Its keyframes are to be made again, all of them or the one at a place from 0, with that seed or the next one.
    case reseed(keyframe: Int?, seed: UInt64?)
    case release
    /// A fault of the machine is in the way.
    case block(reason: String)
    /// Time to try again.
    case unblock
    case retry
    /// nuwad stops or has died, or its rendering is paused: the job goes on when it renders again.
    case interrupt
}

/// What follows for a job's segments and its film from what happened to the job.
package enum JobEffect: Sendable, Equatable {
    /// What of it is at work is given back.
    case workGivenBack
    /// What failed, or is suspected, gets another chance.
    case workRetried
    /// What was made of it is made again.
    case workForgotten
}

/// What can happen to a segment.
package enum SegmentEvent: Sendable, Equatable {
    case start
    /// Also from `waiting`: a checkpoint that is already there needs no worker.
    case finish(seconds: Double)
    case fail(reason: String)
    /// Unharmed (stop, cancel, block): does not count as an attempt.
    case giveBack
    /// Found `running` at a start, so nuwad died with it; at `limit` attempts it is to blame.
    case interrupt(limit: Int)
    /// Its files are gone or damaged: it will be made again.
    case lose
    /// Other keyframes are wanted: it will be made from them.
    case forget
    case retry
}

/// What can happen to a film, beside that its job is finished or fails with it.
package enum FilmEvent: Sendable, Equatable {
    case start
    /// Unharmed (stop, cancel, lost chunks): does not count as an attempt.
    case giveBack
    /// Found at work at a start, so nuwad died with it.
    case interrupt
    case retry
}

/// A status change that makes no sense, told so that a user understands it.
package struct IllegalTransition: Error, Equatable, CustomStringConvertible {
    /// What it is about, and the state that it is in.
    package enum Subject: Sendable, Equatable {
        case job(JobState.Name)
        case segment(SegmentState.Name)
        /// The putting together of a film.
        case film(FilmState.Name)
    }

    package let subject: Subject
    /// Which one: `7`; `d1s004 of job 7`; `of job 7`. Filled in where that is known.
    var which: String?
    /// True when that state is the end of the road, or the very state that was asked for.
    package let already: Bool
    /// What was asked for, as a participle: "retried".
    let participle: String
    /// The states in which that is possible.
    let possibleIn: [String]

    package var description: String {
        let (noun, state) =
            switch subject {
            case .job(let state): ("job", state.rawValue)
            case .segment(let state): ("segment", state.rawValue)
            case .film(let state): ("film", state.rawValue)
            }
        return "\(noun)\(which.map { " \($0)" } ?? "") is \(already ? "already " : "")\(state); "
            + "only a \(alternatives(possibleIn)) \(noun) can be \(participle)"
    }

    private func alternatives(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}

/// How long to wait before what met a fault of the machine is tried again: soon at first, since most faults pass; then
/// ever more rarely, so that one that never ends costs next to nothing.
package enum Backoff {
    private static let first = 5.0
    package static let longest = 600.0

    /// - Parameter faults: how many there were in a row, from 1
    /// - Returns: seconds: 5, 10, 20 … 600
    package static func seconds(afterFaults faults: Int) -> Double {
        // Beyond 2^7 it is the longest anyhow.
        min(longest, first * Double(1 << min(max(0, faults - 1), 7)))
    }
}

extension JobState {
    /// The state after an event that happens at `now`, and what follows from it. Throws ``IllegalTransition`` when the
    /// event makes no sense in this state.
    /// - Parameter faults: how many faults have blocked the job since something of it was made last
    package func after(_ event: JobEvent, at now: Date, faults: Int) throws -> (
        state: JobState, effect: JobEffect?
    ) {
        let next: JobState =
            switch event {
            case .start: .running(since: now)
            case .finish(let film): .done(film: film)
            case .fail(let reason): .failed(reason: reason)
            case .cancel: .cancelled
            case .hold: .held(.release)
            case .reachKeyframes: .held(.approval)
            case .approve where name != .held, .holdAtKeyframes: self
            case .block(let reason):
                .blocked(reason: reason, until: now.addingTimeInterval(Backoff.seconds(afterFaults: faults + 1)))
            case .release, .approve, .reseed, .unblock, .retry, .interrupt: .queued
            }
        guard event.origins.contains(name) else {
            throw IllegalTransition(
                subject: .job(name), already: isOver || name == next.name,
                participle: event.participle, possibleIn: event.origins.map(\.rawValue))
        }
        return (next, effect(of: event, next))
    }
}

/// What an event makes of a job.
struct JobChange {
    let state: JobState
    let effect: JobEffect?
    let seed: UInt64
    let takes: [Take]
    let stopsAtKeyframes: Bool
    let faults: Int
}

extension Job {
    /// All that an event at `now` changes. Throws ``IllegalTransition`` when it makes no sense.
    func after(_ event: JobEvent, at now: Date) throws -> JobChange {
        do {
            let (next, effect) = try state.after(event, at: now, faults: faults)
            if event == .approve, !stopsAtKeyframes, state.name != .held {
                // Nothing of it asks for approval.
                throw IllegalTransition(
                    subject: .job(state.name), already: false, participle: event.participle,
                    possibleIn: [JobState.Name.held.rawValue])
            }
            let new = keyframes(after: event)
            return JobChange(
                state: next, effect: effect, seed: new.seed, takes: new.takes, stopsAtKeyframes: new.stop,
                faults: event.endsFaults ? 0 : faults + (next.name == .blocked ? 1 : 0))
        } catch var error as IllegalTransition {
            error.which = "\(id)"
            throw error
        }
    }

    /// Throws ``IllegalTransition`` where a turn means nothing any more.
    func checkHasTurn() throws {
        guard state.isOver else { return }
        throw IllegalTransition(
            subject: .job(state.name), which: "\(id)", already: true, participle: "given a priority",
            possibleIn: JobState.Name.allCases.filter { !$0.isOver }.map(\.rawValue))
    }

    /// Whether an event makes sense now.
    package func allows(_ event: JobEvent) -> Bool { (try? after(event, at: .distantPast)) != nil }

    /// Whether somebody who asks an event for all jobs means this one: some events make sense in states in which nobody would look for them.
    package func isMeant(by event: JobEvent) -> Bool {
        switch event {
        case .approve: allows(event) && state != .held(.release)
        case .reseed: state == .held(.approval)
        case .release: state == .held(.release)
        default: allows(event)
        }
    }

    /// How its keyframes are made, and whether it stops at them, after an event.
    private func keyframes(after event: JobEvent) -> (seed: UInt64, takes: [Take], stop: Bool) {
        switch event {
        case .holdAtKeyframes, .reachKeyframes: return (seed, takes, true)
        case .approve: return (seed, takes, false)
        case .release where state == .held(.approval): return (seed, takes, false)
        case .reseed(nil, let wanted): return (wanted ?? seed &+ 1, [], true)
        case .reseed(let place?, let wanted):
            let before = takes.isEmpty ? [Take(seed: seed)] : takes
            let next = Take(seed: wanted ?? before[before.count - 1].seed &+ 1, keyframes: [place])
            return (seed, before + [next], true)
        default: return (seed, takes, stopsAtKeyframes)
        }
    }
}

extension JobState {
    private func effect(of event: JobEvent, _ next: JobState) -> JobEffect? {
        if case .reseed = event { return .workForgotten }
        if name == .running, next != self { return .workGivenBack }
        return event == .retry ? .workRetried : nil
    }
}

extension JobEvent {
    /// Whether the faults that were met before count no more: somebody wants another attempt, or the film is there.
    var endsFaults: Bool {
        switch self {
        case .release, .approve, .reseed, .retry, .finish: true
        default: false
        }
    }

    /// The states that this event may happen in. A worker's failure may arrive after its job was held or blocked.
    package var origins: [JobState.Name] {
        switch self {
        case .start: [.queued]
        case .finish: [.running]
        case .fail: [.queued, .running, .held, .blocked]
        case .cancel: [.queued, .running, .held, .blocked]
        case .hold: [.queued, .running, .blocked]
        case .holdAtKeyframes: [.queued, .running, .held, .blocked]
        case .reachKeyframes: [.running]
        case .approve: [.queued, .running, .held, .blocked]
        case .reseed: [.held]
        case .release: [.held]
        case .block: [.queued, .running]
        case .unblock: [.blocked]
        case .retry: [.failed, .cancelled]
        case .interrupt: [.running]
        }
    }

    var participle: String {
        switch self {
        case .start: "started"
        case .finish: "finished"
        case .fail: "failed"
        case .cancel: "cancelled"
        case .hold: "held"
        case .holdAtKeyframes: "held at its keyframes"
        case .reachKeyframes: "stopped at its keyframes"
        case .approve: "approved"
        case .reseed: "reseeded"
        case .release: "released"
        case .block: "blocked"
        case .unblock: "unblocked"
        case .retry: "retried"
        case .interrupt: "interrupted"
        }
    }
}

/// What else follows when a segment's state changes.
package enum SegmentEffect: Sendable, Equatable {
    /// Its job has got on, so that the faults that it met before count no more.
    case faultsForgotten
}

extension SegmentState {
    /// The state and the attempt counter after an event, and what follows from it. Throws ``IllegalTransition`` when the event
    /// makes no sense in this state.
    package func after(_ event: SegmentEvent, attempts: Int) throws -> (
        state: SegmentState, attempts: Int, effect: SegmentEffect?
    ) {
        let next: (state: SegmentState, attempts: Int) =
            switch event {
            case .start: (.running, attempts + 1)
            case .finish(let seconds): (.done(seconds: seconds), attempts)
            case .fail(let reason): (.failed(reason: reason), attempts)
            case .giveBack: (.waiting, max(0, attempts - 1))
            case .interrupt(let limit) where attempts >= limit:
                (.failed(reason: "nuwad died \(attempts) times while it was running"), attempts)
            case .interrupt: (.waiting, attempts)
            case .lose, .forget, .retry: (.waiting, 0)
            }
        guard event.origins.contains(name) else {
            throw IllegalTransition(
                subject: .segment(name), already: name == next.state.name,
                participle: event.participle, possibleIn: event.origins.map(\.rawValue))
        }
        // One that was there already says nothing of the machine.
        let isProgress = if case .finish(let seconds) = event { seconds > 0 } else { false }
        return (next.state, next.attempts, isProgress ? .faultsForgotten : nil)
    }
}

extension SegmentEvent {
    var origins: [SegmentState.Name] {
        switch self {
        case .start: [.waiting]
        case .finish, .fail: [.waiting, .running]
        case .giveBack, .interrupt: [.running]
        case .lose, .forget: [.done]
        case .retry: [.waiting, .failed]
        }
    }

    var participle: String {
        switch self {
        case .start: "started"
        case .finish: "finished"
        case .fail: "failed"
        case .giveBack: "given back"
        case .interrupt: "interrupted"
        case .lose: "lost"
        case .forget: "forgotten"
        case .retry: "retried"
        }
    }
}

extension FilmState {
    /// The state after an event. Throws ``IllegalTransition`` when the event makes no sense in this state.
    func after(_ event: FilmEvent) throws -> FilmState {
        switch (self, event) {
        case (.waiting(let attempts), .start): .running(attempts: attempts + 1)
        case (.running(let attempts), .giveBack): .waiting(attempts: attempts - 1)
        case (.running(let attempts), .interrupt): .waiting(attempts: attempts)
        case (.waiting, .retry): .waiting(attempts: 0)
        case (.waiting, _):
            throw IllegalTransition(
                subject: .film(.waiting), already: event == .giveBack, participle: event.participle,
                possibleIn: [FilmState.Name.running.rawValue])
        case (.running, _):
            throw IllegalTransition(
                subject: .film(.running), already: event == .start, participle: event.participle,
                possibleIn: [FilmState.Name.waiting.rawValue])
        }
    }
}

extension FilmEvent {
    var participle: String {
        switch self {
        case .start: "started"
        case .giveBack: "given back"
        case .interrupt: "interrupted"
        case .retry: "retried"
        }
    }
}
