import Foundation
import JSON
import Reports
import TestSupport
import Testing

@testable import Jobs
@testable import Scripts

/// `docs/json.md` promises these shapes to programs: each is written as its file in `Tests/Fixtures/json` has it. A change there is a change
/// of the contract.
@Suite("JSON contract")
struct JSONContractTests {
    @Test("A tree")
    func tree() throws {
        try expectGolden(
            TreeReport(
                frames: 10, fps: 12, segmentFrames: 4,
                depths: [
                    .init(
                        stride: 1,
                        segments: [
                            .init(id: "d0s000", state: .running, first: 0, worker: "worker 2", fraction: 0.5),
                            .init(id: "d0s001", state: .done, first: 3),
                        ])
                ], shots: [.init(frame: 0, prompt: "Pim walks.")], edition: "16-17"), "tree")
    }

    @Test("A job in each of its states, with all that it may have")
    func job() throws {
        try expectGolden(Sample.running, "job-running")
        try expectGolden(Sample.queued, "job-queued")
        try expectGolden(Sample.done, "job-done")
        try expectGolden(Sample.failed, "job-failed")
        var held = Sample.queued
        (held.state, held.hold, held.reason) = (.held, .approval, "its keyframes wait for approval")
        held.editOf = 15
        held.script = "frames 3376\nf0 Night. Pim sleeps.\n"
        held.warnings = [
            Finding(
                Diagnostic(
                    severity: .warning, name: "night.nuwa", line: 2, column: 4, length: 3, message: "a word",
                    remedy: "another", sourceLine: nil))
        ]
        try expectGolden(held, "job-held")
        var blocked = Sample.running
        (blocked.state, blocked.until, blocked.reason) = (.blocked, Sample.noon.addingTimeInterval(30), "no room")
        try expectGolden(blocked, "job-blocked")
    }

    @Test("The status of a daemon with nothing to do, of one at work, and of none")
    func status() throws {
        try expectGolden(
            StatusReport(source: .daemon, daemon: Sample.daemon, counts: [:], jobs: []), "status-idle")
        try expectGolden(Sample.status, "status-at-work")
        try expectGolden(
            StatusReport(source: .database, daemon: nil, counts: [.done: 2], jobs: []), "status-of-database")
    }

    @Test("Lists, what verbs did, a cleaning")
    func others() throws {
        try expectGolden(JobList(jobs: [Sample.failed], more: true), "jobs")
        try expectGolden(
            EventList(events: [
                .init(
                    EventRow(
                        id: 9, time: Sample.noon, job: 17, depth: 1, segment: 3, kind: "finished", message: "in 2.5 s")),
                .init(
                    EventRow(
                        id: 10, time: Sample.noon, job: 17, depth: nil, segment: nil, kind: "finished",
                        message: "walk-17.mp4")),
            ]), "events")
        try expectGolden(
            SteeringReport(changed: [17, 18], refused: [.init(id: 15, error: "job 15 is done already")]), "steering")
        try expectGolden(
            CleaningReport(
                dryRun: true, files: 1, bytes: 2048, keptFiles: 3, keptBytes: 4096,
                removed: [.init(path: "/var/lib/nuwa/chunks/9f", bytes: 2048, reason: "age")]), "cleaning")
    }

    @Test("Every report survives the way there and back")
    func roundTrip() throws {
        let data = try ReportJSON.encode(Sample.status)
        #expect(try ReportJSON.decode(StatusReport.self, from: data) == Sample.status)
    }

    private func expectGolden(
        _ value: some Encodable, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (text, golden) = try written(value, beside: name)
        #expect(text == golden, sourceLocation: sourceLocation)
    }
}
