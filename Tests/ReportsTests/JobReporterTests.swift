import Foundation
import Jobs
import Models
import Plans
import Terminal
import TestSupport
import Testing

@testable import Reports

@Suite("Reports from the database")
struct JobReporterTests {
    /// 16 frames a segment.
    private let model: ModelConfiguration

    init() throws {
        model = try ModelDocument.read(in: Fixtures.cartoonModel).document.configuration
    }

    @Test("A running job is told by what is in the database and by what its renderer measured")
    func running() throws {
        try withStore { store in
            let id = try accept(store, "picnic.nuwa", frames: 226)
            try start(id, store)
            let plan = try RenderPlan(frames: 226, segmentFrames: 16)
            var progress = RenderProgress(
                plan: plan, evaluationsPerDepth: [20, 10], workers: 2, keyframeHands: 1, evaluationsPerKeyframeStep: 1)
            progress.depths[0].done = 1
            progress.depths[1].evaluationsUnderWay = 5
            progress.secondsPerEvaluation = 1
            let measured = progress
            let reporter = JobReporter(
                store: store, source: .daemon, model: { $0 == "cartoon" ? model : nil },
                progress: { $0 == id ? measured : nil },
                atWork: { _ in
                    [SegmentAtWork(segment: SegmentID(depth: 1, index: 3), worker: "worker 1", fraction: 0.5)]
                })
            let report = try reporter.job(id)
            #expect(report.state == .running)
            #expect(report.fraction == measured.fraction)
            #expect(report.remainingSeconds == measured.remainingSeconds)
            #expect(try reporter.wholeJob(id).script == "script of picnic.nuwa")
            #expect(
                report.depths == [
                    DepthReport(depth: 0, stride: 15, segments: 1, done: 1, fraction: 1),
                    DepthReport(depth: 1, stride: 1, segments: 15, done: 0, running: 1, fraction: 0.5 / 15),
                ])
            #expect(try reporter.jobs().first?.script == nil)
        }
    }

    @Test("A queued job tells what keeps all jobs from being begun, before its place in the queue")
    func hindrances() throws {
        try withStore { store in
            _ = try accept(store, "picnic.nuwa", frames: 226)
            let id = try accept(store, "walk.nuwa", frames: 226)
            func reason(_ hindrance: Hindrance?) throws -> String? {
                try JobReporter(
                    store: store, source: .daemon, model: { _ in nil }, mode: { .rendering }, hindrance: { hindrance }
                ).job(id).reason
            }
            #expect(try reason(nil) == "waits: 1 job is before it")
            #expect(try reason(Hindrance(.rendering)) == "waits: 1 job is before it")
            #expect(
                try reason(Hindrance(.paused(by: "ada", since: .now))) == "waits: rendering is paused by ada")
            #expect(
                try reason(Hindrance(.draining(by: "ada", since: .now)))
                    == "waits for the next start: nuwad ends what runs, and stops")
            let (faults, database) = (
                Hindrance.faults(count: 4, reason: "no disk", seconds: 9.2), Hindrance.database(reason: "it is full")
            )
            #expect(
                try reason(faults) == "waits: jobs in a row met a fault of the machine (`nuwactl status` has it)")
            #expect(
                faults.warning == "4 jobs in a row met a fault of this machine, so nothing is begun for 10s: no disk")
            #expect(try reason(database) == "waits: the database takes no changes (`nuwactl status` has why)")
            #expect(database.warning == "the database takes no changes, so nothing is begun: it is full")
        }
    }

    @Test("A job that goes on after a restart is never told to be less far than what is kept of it")
    func restarted() throws {
        try withStore { store in
            let id = try accept(store, "picnic.nuwa", frames: 226)
            try start(id, store)
            try store.apply(.interrupt, to: id)
            // 10 of 10 + 15 × (10 + 2) evaluations' worth
            let queued = try reporter(store, .daemon).job(id)
            #expect(abs(queued.fraction - 10.0 / 190) < 1e-12)

            try store.apply(.start, to: id)
            let plan = try RenderPlan(frames: 226, segmentFrames: 16)
            let blank = RenderProgress(
                plan: plan, evaluationsPerDepth: [10, 10], workers: 2, keyframeHands: 1, evaluationsPerKeyframeStep: 1)
            let running = try JobReporter(
                store: store, source: .daemon, model: { _ in model }, progress: { _ in blank }
            ).job(id)
            #expect(running.fraction == queued.fraction)
            #expect(running.depths.map(\.fraction) == queued.depths.map(\.fraction))
        }
    }

    @Test("A queued job knows how many are before it, by priority and age")
    func queued() throws {
        try withStore { store in
            let first = try accept(store, "a.nuwa", frames: 226)
            try start(first, store)
            _ = try accept(store, "b.nuwa", frames: 226)
            _ = try accept(store, "c.nuwa", frames: 226)
            _ = try accept(store, "urgent.nuwa", frames: 226, priority: 9)
            let reasons = try reporter(store, .daemon).jobs().map(\.reason)
            #expect(
                reasons == [
                    nil, "waits: 2 jobs are before it", "waits: 3 jobs are before it", "waits: 1 job is before it",
                ])
            let asleep = try reporter(store, .database).jobs().map(\.reason)
            #expect(asleep.last == "waits for nuwad to run")
        }
    }

    @Test("While a job runs, a queued one knows when its film will be there, after those before it")
    func outlook() throws {
        try withStore { store in
            let first = try accept(store, "a.nuwa", frames: 226)
            try start(first, store)
            for name in ["b.nuwa", "c.nuwa"] { _ = try accept(store, name, frames: 226) }
            #expect(try reporter(store, .daemon).jobs().map(\.remainingSeconds) == [nil, nil, nil])

            let plan = try RenderPlan(frames: 226, segmentFrames: 16)
            let evaluations = model.evaluations(strides: plan.strides)
            var whole = RenderProgress(
                plan: plan, evaluationsPerDepth: evaluations, workers: 2, keyframeHands: 1,
                evaluationsPerKeyframeStep: 1)
            (whole.secondsPerEvaluation, whole.secondsPerDecode) = (0.5, 1)
            var measured = whole
            measured.depths[0].done = 1
            let known = measured
            let (left, all) = (try #require(known.remainingSeconds), try #require(whole.remainingSeconds))
            let reporter = JobReporter(
                store: store, source: .daemon, model: { _ in model }, progress: { $0 == first ? known : nil })
            let seconds = try reporter.status().jobs.map(\.remainingSeconds)
            #expect(seconds == [left, left + all, left + all + all])
            let style = TextStyle(width: 80, unicode: true, colour: false, clock: .utc)
            let words = try reporter.jobs().map { JobText(style: style).block($0) }
            #expect(words[2].contains("waits: 2 jobs are before it; its film in about "), "\(words[2])")
        }
    }

    @Test("The status tells as many jobs as asked for, first what is worked on first, and counts all")
    func status() throws {
        try withStore { store in
            for name in ["a", "b", "c"] { _ = try accept(store, "\(name).nuwa", frames: 226) }
            let urgent = try accept(store, "urgent.nuwa", frames: 226, priority: 9)
            try start(2, store)
            let over = try accept(store, "over.nuwa", frames: 226)
            try store.apply(.cancel, to: over)
            let all = try reporter(store, .daemon).status()
            #expect(all.jobs.map(\.id) == [2, urgent, 1, 3])
            #expect(
                all.jobs.map(\.reason) == [nil, "waits: 1 job is before it"]
                    + [2, 3].map { "waits: \($0) jobs are before it" })
            #expect(all.jobs.first?.depths.map(\.done) == [1, 0])
            #expect(all.unfinished == 4)
            let some = try reporter(store, .daemon).status(limit: 2)
            #expect(some.jobs == Array(all.jobs.prefix(2)))
            #expect(some.counts == all.counts)
            for job in all.jobs { #expect(try reporter(store, .daemon).job(job.id) == job) }
        }
    }

    @Test("A job that is over is told with its film or its reason")
    func over() throws {
        try withStore { store in
            let done = try accept(store, "a.nuwa", frames: 226)
            try start(done, store)
            try store.apply(.finish(film: "/films/a-1.mp4"), to: done)
            let failed = try accept(store, "b.nuwa", frames: 226)
            try store.apply(.fail(reason: "no such model"), to: failed)
            let reports = try reporter(store, .daemon).jobs()
            #expect(reports.map(\.state) == [.done, .failed])
            #expect(reports[0].film == "/films/a-1.mp4")
            #expect(reports[0].fraction == 1)
            #expect(reports[0].depths.map(\.done) == [1, 15])
            #expect(reports[1].reason == "no such model")
            #expect(reports[1].fraction == 0)
            #expect(try reporter(store, .daemon).status().counts["failed"] == 1)
        }
    }

    @Test("Jobs of a model that is not at hand have no depths, and a job that is not there is an error")
    func unknown() throws {
        try withStore { store in
            let id = try accept(store, "a.nuwa", frames: 226)
            let reporter = JobReporter(store: store, source: .daemon, model: { _ in nil })
            #expect(try reporter.job(id).depths.isEmpty)
            #expect(throws: JobStoreError.noSuchJob(99)) { try reporter.job(99) }
        }
    }

    @Test("One job is told with what its author should know of the script, as it was at the intake")
    func warnings() throws {
        try withStore { store in
            let script = "frames 226\n0:00 Pim wlaks.\n"
            let new = NewJob(
                name: "a.nuwa", script: script, scriptHash: "", dropKey: nil, frames: 226, fps: 24, seed: 1,
                model: "cartoon")
            let id = try store.accept(new).job.id
            let report = try reporter(store, .database).wholeJob(id)
            #expect(report.warnings?.map(\.line) == [2])
            #expect(report.warnings?.map(\.column) == [10])
            #expect(report.warnings?.map(\.message) == ["the model does not know the word 'wlaks'"])
            #expect(try reporter(store, .database).jobs().first?.warnings == nil)
        }
    }

    @Test("A list of one queued job and that job alone tell the same number of jobs before it, whoever runs how many")
    func placesInLists() throws {
        try withStore { store in
            func accept(_ name: String, _ owner: UInt32) throws -> Int64 {
                try store.accept(
                    NewJob(
                        name: name, script: "", scriptHash: "", dropKey: nil, owner: owner, frames: 226, fps: 24,
                        seed: 1, model: "cartoon")
                ).job.id
            }
            for number in 0..<40 { try store.apply(.start, to: accept("pim-\(number).nuwa", 1000)) }
            let queued = try (0..<5).map { try accept("one-\($0).nuwa", 1001 + UInt32($0)) }
            let reporter = reporter(store, .daemon)
            for (number, id) in queued.enumerated() {
                let listed = try reporter.jobs(JobQuery(name: "one-\(number).nuwa")).map(\.reason)
                #expect(listed == ["waits: \(40 + number) jobs are before it"])
                #expect(try listed == [reporter.job(id).reason])
            }
        }
    }

    // MARK: -

    private func withStore(_ body: (JobStore) throws -> Void) throws {
        let directory = try TemporaryDirectory()
        try body(JobStore(path: directory.file("nuwa.sqlite").path))
    }

    private func reporter(_ store: JobStore, _ source: StatusReport.Source) -> JobReporter {
        JobReporter(store: store, source: source, model: { _ in model })
    }

    private func accept(_ store: JobStore, _ name: String, frames: Int, priority: Int = 0) throws -> Int64 {
        try store.accept(
            NewJob(
                name: name, script: "script of \(name)", scriptHash: "", dropKey: nil, priority: priority,
                frames: frames,
                fps: 24, seed: 1, model: "cartoon")
        ).job.id
    }

    /// Under way: the global segment is done, one of the next depth is at work.
    private func start(_ id: Int64, _ store: JobStore) throws {
        let plan = try RenderPlan(frames: 226, segmentFrames: 16)
        try store.plan(plan.segmentIDs.map { ($0, 10) }, for: id)
        try store.apply(.start, to: id)
        try store.apply(.finish(seconds: 1), to: SegmentKey(job: id, depth: 0, index: 0))
        try store.apply(.start, to: SegmentKey(job: id, depth: 1, index: 0))
    }
}
