import Foundation
import Plans
import Rendering
import TestSupport
import Testing

@Suite struct JobsTests {
    @Test("A cancelled job stops after the step it is in, and is not heard of again")
    func cancel() throws {
        let studio = try Studio()
        let box = Box()
        let recorder = Recorder { job, event in
            guard event == .finished(.global, reused: false), job == 1 else { return }
            box.renderer?.cancel(1)
            #expect(box.renderer?.has(1) == false)
        }
        let renderer = try studio.renderer(recorder)
        box.renderer = renderer
        try renderer.submit(studio.job())
        try wait(for: "depth 0") { recorder.finished(reused: false).contains(.global) }
        renderer.cancel(1)  // once more, which does nothing
        #expect(renderer.progress(1) == nil)
        // Another job runs to its end on the same workers meanwhile.
        try renderer.submit(studio.job("seed 3\nframes 4\nfps 12\nf0 Lulu waves.", id: 2, output: "other.mp4"))
        try wait(for: "the other job") { recorder.hasEnded(2) }
        renderer.stop()
        #expect(recorder.events().last == .finished(.global, reused: false))
        #expect(studio.film("film.mp4") == nil)
        #expect(studio.film("other.mp4") != nil)
    }

    @Test("A cancelled job can be submitted again and goes on where it was")
    func cancelAndRetry() throws {
        let studio = try Studio()
        let recorder = Recorder()
        let renderer = try studio.renderer(recorder)
        try renderer.submit(studio.job())
        try wait(for: "depth 1") { recorder.finished(reused: false).contains(.global) }
        renderer.cancel(1)
        try renderer.submit(studio.job())
        try wait(for: "the film") { recorder.hasEnded(1) }
        renderer.stop()
        #expect(try studio.film("film.mp4") == Studio.undisturbed())
    }

    @Test("A job of higher priority gets the next free worker")
    func priority() throws {
        let studio = try Studio()
        let box = Box()
        let urgent = try studio.job(
            "seed 3\nframes 10\nfps 12\nf0 Lulu waves.", id: 2, priority: 5, output: "other.mp4")
        let recorder = Recorder { job, event in
            if job == 1, event == .finished(.global, reused: false) { try? box.renderer?.submit(urgent) }
        }
        let renderer = try studio.renderer(workers: 1, recorder)
        box.renderer = renderer
        try renderer.submit(studio.job())
        try wait(for: "both films") { recorder.hasEnded(1) && recorder.hasEnded(2) }
        renderer.stop()
        let finished = recorder.order.compactMap { entry -> Int64? in
            if case .finished = entry.event { entry.job } else { nil }
        }
        #expect(finished == [1] + Array(repeating: 2, count: 4) + Array(repeating: 1, count: 12))
    }

    @Test("Two jobs that need the same segments make each of them once")
    func twins() throws {
        let studio = try Studio()
        let recorder = Recorder()
        let renderer = try studio.renderer(workers: 4, recorder)
        try renderer.submit(studio.job())
        try renderer.submit(studio.job(id: 2, output: "twin.mp4"))
        try wait(for: "both films") { recorder.hasEnded(1) && recorder.hasEnded(2) }
        renderer.stop()
        #expect((1...2).reduce(0) { $0 + recorder.finished(reused: false, job: $1).count } == 13)
        #expect(studio.film("film.mp4") == studio.film("twin.mp4"))
    }

    @Test("A job that fails ends with its reason, leaves nothing half-written, and all others go on")
    func failure() throws {
        let studio = try Studio()
        // A directory with something in it cannot be replaced by a film.
        try FileManager.default.createDirectory(
            at: studio.directory.file("taken/inside"), withIntermediateDirectories: true)
        let recorder = Recorder()
        let renderer = try studio.renderer(recorder)
        try renderer.submit(studio.job(output: "taken"))
        try renderer.submit(studio.job("seed 3\nframes 10\nfps 12\nf0 Lulu waves.", id: 2, output: "other.mp4"))
        try wait(for: "both ends") { recorder.hasEnded(1) && recorder.hasEnded(2) }
        renderer.stop()
        guard case .jobFailed(let failure) = recorder.events().last else {
            Issue.record("ended with \(String(describing: recorder.events().last))")
            return
        }
        #expect("\(failure)".contains(studio.directory.file("taken").path))
        #expect(failure.isOfMachine)
        #expect(recorder.events(of: 2).last == .jobFinished)
        #expect(studio.directory.names(in: "") == ["other.mp4", "taken", "workspace"])
    }

    @Test("A job that does not fit the model, or is there already, is refused by name")
    func unfit() throws {
        let studio = try Studio()
        let renderer = try studio.renderer(Recorder())
        defer { renderer.stop() }
        let job = try studio.job()
        let foreign = RenderJob(
            id: 3, name: job.name, script: job.script, storyboard: job.storyboard,
            plan: try RenderPlan(frames: 28, segmentFrames: 16), seed: 1, output: job.output)
        #expect(throws: RenderFailure.self) { try renderer.submit(foreign) }
        let short = RenderJob(
            id: 3, name: job.name, script: job.script, storyboard: job.storyboard,
            plan: try RenderPlan(frames: 27, segmentFrames: job.plan.segmentFrames), seed: 1, output: job.output)
        #expect(throws: RenderFailure.self) { try renderer.submit(short) }
        try renderer.submit(job)
        #expect(throws: RenderFailure.unfit(job: 1, reason: "it is being rendered already")) {
            try renderer.submit(job)
        }
    }

    @Test("Each segment is started before it is finished, and after its parent; the end comes last")
    func order() throws {
        let studio = try Studio()
        let job = try studio.job()
        let events = try studio.render(job, workers: 4).events()
        #expect(events.first == .jobStarted)
        #expect(events.last == .jobFinished)
        for segment in job.plan.segmentIDs {
            let started = try #require(events.firstIndex(of: .started(segment)))
            let finished = try #require(events.firstIndex(of: .finished(segment, reused: false)))
            #expect(started < finished)
            if let parent = job.plan.parent(of: segment) {
                #expect(try #require(events.firstIndex(of: .finished(parent, reused: false))) < started)
            }
        }
    }

    @Test("Progress grows from 0, and has no estimate before something was measured")
    func progress() throws {
        let studio = try Studio()
        let box = Box()
        let seen = Samples()
        let recorder = Recorder { job, event in
            guard let progress = box.renderer?.progress(job) else { return }
            if case .started = event { seen.add(progress) }
        }
        let renderer = try studio.renderer(workers: 1, recorder)
        box.renderer = renderer
        try renderer.submit(studio.job())
        try wait(for: "the film") { recorder.hasEnded(1) }
        renderer.stop()
        let progress = seen.all
        #expect(progress[0].fraction == 0)
        #expect(progress[0].remainingSeconds == nil)
        #expect(progress.dropFirst().allSatisfy { ($0.remainingSeconds ?? -1) > 0 })
        #expect(progress.last!.depths.map(\.segments) == [1, 3, 9])
        #expect(progress.last!.depths.map(\.done) == [1, 3, 8])
        #expect(renderer.progress(1) == nil)
    }
}

private final class Samples: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [RenderProgress] = []

    func add(_ progress: RenderProgress) { lock.withLock { kept.append(progress) } }
    var all: [RenderProgress] { lock.withLock { kept } }
}
