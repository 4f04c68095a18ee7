import Foundation
import Testing

@testable import Jobs

/// The transitions as a table. What is not in it must be refused.
struct StateMachineTests {
    private static let jobTable = """
        queued    + start     -> running
        queued    + fail      -> failed
        queued    + cancel    -> cancelled
        queued    + hold      -> held
        queued    + block     -> blocked
        queued    + approve   -> queued
        queued    + holdAtKeyframes -> queued

        running   + finish    -> done
        running   + fail      -> failed
        running   + cancel    -> cancelled
        running   + hold      -> held
        running   + block     -> blocked
        running   + interrupt -> queued
        running   + holdAtKeyframes -> running
        running   + reachKeyframes -> held
        running   + approve   -> running

        held      + holdAtKeyframes -> held
        held      + release   -> queued
        held      + approve   -> queued
        held      + reseed    -> queued
        held      + cancel    -> cancelled
        held      + fail      -> failed

        blocked   + unblock   -> queued
        blocked   + approve   -> blocked
        blocked   + holdAtKeyframes -> blocked
        blocked   + hold      -> held
        blocked   + cancel    -> cancelled
        blocked   + fail      -> failed

        failed    + retry     -> queued
        cancelled + retry     -> queued
        """

    private static let segmentTable = """
        waiting 0 + start        -> running 1
        waiting 1 + start        -> running 2
        waiting 0 + finish       -> done 0
        waiting 0 + fail         -> failed 0
        waiting 1 + retry        -> waiting 0

        running 1 + finish       -> done 1
        running 1 + fail         -> failed 1
        running 1 + giveBack     -> waiting 0
        running 2 + giveBack     -> waiting 1
        running 1 + interrupt/2  -> waiting 1
        running 2 + interrupt/2  -> failed 2
        running 2 + interrupt/3  -> waiting 2

        done    1 + lose         -> waiting 0
        done    1 + forget       -> waiting 0
        failed  2 + retry        -> waiting 0
        """

    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let states: [JobState] = [
        .queued, .running(since: now), .done(film: "/films/picnic.mp4"), .failed(reason: "no ink"), .cancelled,
        .held(.release), .held(.approval), .blocked(reason: "disk full", until: now.addingTimeInterval(5)),
    ]
    private static let events: [String: JobEvent] = [
        "start": .start, "finish": .finish(film: "/films/picnic.mp4"), "fail": .fail(reason: "no ink"),
        "cancel": .cancel, "hold": .hold, "release": .release, "block": .block(reason: "disk full"),
        "unblock": .unblock, "retry": .retry, "interrupt": .interrupt, "holdAtKeyframes": .holdAtKeyframes,
        "reachKeyframes": .reachKeyframes, "approve": .approve, "reseed": .reseed(keyframe: 2, seed: nil),
    ]

    @Test("Every transition of a job in the table happens, and no other does")
    func jobs() throws {
        let table = Dictionary(uniqueKeysWithValues: Self.rows(Self.jobTable).map { ([$0[0], $0[1]], $0[2]) })
        #expect(table.count == 30)
        for state in Self.states {
            for (name, event) in Self.events {
                if let expected = table[[state.name.rawValue, name]] {
                    let (next, effect) = try state.after(event, at: Self.now)
                    #expect(next.name.rawValue == expected, "\(state.name) + \(name)")
                    #expect(Self.states.contains(next), "the data travels in the state")
                    let expectedEffect: JobEffect? =
                        next == state
                        ? nil
                        : state.name == .running
                            ? .workGivenBack : ["retry": .workRetried, "reseed": .workForgotten][name]
                    #expect(effect == expectedEffect, "\(state.name) + \(name)")
                } else {
                    #expect(throws: IllegalTransition.self, "\(state.name) + \(name)") {
                        try state.after(event, at: Self.now)
                    }
                }
            }
        }
    }

    @Test("Every transition of a segment in the table happens", arguments: rows(segmentTable))
    func segments(row: [String]) throws {
        let (state, attempts) = Self.segment(row[0])
        let next = try state.after(Self.segmentEvent(row[1]), attempts: attempts)
        let (expected, expectedAttempts) = Self.segment(row[2])
        #expect(next.state.name == expected.name)
        #expect(next.attempts == expectedAttempts)
        #expect(next.effect == (row[1] == "finish" ? .faultsForgotten : nil))
    }

    @Test("No other transition of a segment happens")
    func otherSegments() {
        let table = Set(Self.rows(Self.segmentTable).map { [$0[0].prefix { $0 != " " }, $0[1].prefix { $0 != "/" }] })
        for state in SegmentState.Name.allCases {
            for event in ["start", "finish", "fail", "giveBack", "interrupt/2", "lose", "forget", "retry"]
            where !table.contains([state.rawValue[...], event.prefix { $0 != "/" }]) {
                #expect(throws: IllegalTransition.self, "\(state) + \(event)") {
                    try Self.segment("\(state) 1").0.after(Self.segmentEvent(event), attempts: 1)
                }
            }
        }
    }

    @Test(
        "A refusal says what is and what would be possible",
        arguments: [
            (
                JobState.done(film: "x"), JobEvent.retry,
                "job 7 is already done; only a failed or cancelled job can be retried"
            ),
            (.running(since: now), .start, "job 7 is already running; only a queued job can be started"),
            (.queued, .retry, "job 7 is already queued; only a failed or cancelled job can be retried"),
            (
                .failed(reason: "x"), .cancel,
                "job 7 is already failed; only a queued, running, held or blocked job can be cancelled"
            ),
        ])
    func messages(state: JobState, event: JobEvent, message: String) {
        let error = #expect(throws: IllegalTransition.self) { try state.after(event, at: Self.now) }
        var named = error
        named?.which = "7"
        #expect(named?.description == message)
    }

    /// "a + b -> c" as [a, b, c].
    private static func rows(_ table: String) -> [[String]] {
        table.split(separator: "\n").map { line in
            line.replacing("->", with: "+").split(separator: "+").map {
                $0.split(separator: " ").joined(separator: " ")
            }
        }
    }

    /// "running 2" as a state and its attempts.
    private static func segment(_ text: String) -> (SegmentState, Int) {
        let words = text.split(separator: " ")
        let attempts = Int(words[1]) ?? 0
        switch words[0] {
        case "running": return (.running, attempts)
        case "done": return (.done(seconds: 2), attempts)
        case "failed": return (.failed(reason: "no ink"), attempts)
        default: return (.waiting, attempts)
        }
    }

    private static func segmentEvent(_ text: String) -> SegmentEvent {
        let words = text.split(separator: "/")
        switch words[0] {
        case "start": return .start
        case "finish": return .finish(seconds: 2)
        case "fail": return .fail(reason: "no ink")
        case "giveBack": return .giveBack
        case "interrupt": return .interrupt(limit: Int(words[1]) ?? 0)
        case "lose": return .lose
        case "forget": return .forget
        default: return .retry
        }
    }
}
