import Diffusion
import Encoding
import Foundation
import Plans
import TestSupport
import Testing

@testable import Rendering

@Suite struct KeyframeTests {
    private static let takes = [Take(seed: 7), Take(seed: 8, keyframes: [1])]

    @Test("A job that stops at its keyframes has made these and nothing else, and goes on from them to the same film")
    func stop() throws {
        let studio = try Studio()
        let stopped = try studio.render(studio.job(stopsAtKeyframes: true))
        #expect(stopped.events().last == .keyframesReached)
        #expect(stopped.finished(reused: false) == [.global])
        #expect(studio.checkpoints.count == 1 && studio.chunks.isEmpty)
        let goesOn = try studio.render(studio.job())
        #expect(goesOn.finished(reused: true) == [.global])
        #expect(studio.film("film.mp4") == (try Studio.undisturbed()))
    }

    @Test("Asked while they are being made, it stops at them; asked later, it is too late")
    func stopUnderWay() throws {
        let studio = try Studio()
        let box = Box()
        let asked = Asked()
        let recorder = Recorder { job, event in
            if event == .started(.global) { asked.note(box.renderer?.stopAtKeyframes(job)) }
        }
        let renderer = try studio.renderer(recorder)
        box.renderer = renderer
        #expect(!renderer.stopAtKeyframes(1))
        try renderer.submit(studio.job())
        try wait(for: "the keyframes") { recorder.hasEnded(1) }
        renderer.waitUntilLeft(1)
        #expect(asked.answers == [true])
        #expect(recorder.events().last == .keyframesReached)
        #expect(renderer.jobs.isEmpty)
        #expect(!renderer.stopAtKeyframes(1))
        renderer.stop()
    }

    @Test("A job that need not stop any more goes on past its keyframes")
    func pass() throws {
        let studio = try Studio()
        let box = Box()
        let recorder = Recorder { job, event in
            if event == .started(.global) { box.renderer?.passKeyframes(job) }
        }
        let renderer = try studio.renderer(recorder)
        box.renderer = renderer
        try renderer.submit(studio.job(stopsAtKeyframes: true))
        try wait(for: "the film") { recorder.hasEnded(1) }
        renderer.stop()
        #expect(recorder.events().last == .jobFinished)
    }

    @Test("One keyframe made again: the others stay, it changes, and what hangs on none of it is found")
    func again() throws {
        let studio = try Studio()
        try studio.render(studio.job())
        let recorder = try studio.render(studio.job(id: 2, output: "again.mp4", takes: Self.takes))
        let latents = try [studio.job(), studio.job(takes: Self.takes)].map { job in
            let workspace = try Workspace(studio.workspace)
            let fingerprint = try Blueprint.fingerprint(
                of: .global, job: job, configuration: studio.model.configuration,
                network: NetworkIdentity(model: studio.model))
            guard case .whole(let latents) = try workspace.latents(fingerprint) else { throw Studio.NoFilm() }
            return latents
        }
        for place in [0, 2, 3] { #expect(latents[0][place] == latents[1][place]) }
        #expect(latents[0][1] != latents[1][1])
        // The keyframe lies between the first two of three segments of depth 1; each has three of depth 2.
        #expect(recorder.finished(reused: false, job: 2).count == 1 + 2 + 6)
        #expect(recorder.finished(reused: true, job: 2).count == 1 + 3)
        #expect(studio.film("again.mp4") != studio.film("film.mp4"))
    }

    @Test("An earlier take that is lost is made again, and the film is the same")
    func lostTake() throws {
        let studio = try Studio()
        try studio.render(studio.job(takes: Self.takes))
        let film = studio.film("film.mp4")
        try FileManager.default.removeItem(at: studio.workspace)
        try studio.render(studio.job(takes: Self.takes))
        #expect(studio.film("film.mp4") == film)
        #expect(studio.checkpoints.count == 14)
    }

    @Test("A task is not there while an earlier take that it kept is missing, whoever asks")
    func holdsTakes() throws {
        let studio = try Studio()
        let job = try studio.job(takes: Self.takes)
        try studio.render(job)
        let blueprint = try Blueprint(
            job: job, configuration: studio.model.configuration, network: NetworkIdentity(model: studio.model),
            encoding: .standard, version: "test")
        let workspace = try Workspace(studio.workspace)
        #expect(try workspace.holds(blueprint.task(for: .global), report: { _ in }))
        try FileManager.default.removeItem(at: workspace.checkpoint(try #require(blueprint.takes.first)))
        #expect(try !workspace.holds(blueprint.task(for: .global), report: { _ in }))
    }

    @Test("A film says how its keyframes were made, and a task with them survives JSON")
    func provenance() throws {
        let studio = try Studio()
        let job = try studio.job(takes: Self.takes)
        let blueprint = try Blueprint(
            job: job, configuration: studio.model.configuration, network: NetworkIdentity(model: studio.model),
            encoding: .standard, version: "test")
        #expect(try Provenance(comment: blueprint.film.comment).takes == Self.takes)
        let task = blueprint.task(for: .global)
        #expect(try SegmentTask(json: task.json()) == task)
        // A job of one take is what it always was.
        let single = try Blueprint(
            job: studio.job(takes: [Take(seed: 7)]), configuration: studio.model.configuration,
            network: NetworkIdentity(model: studio.model), encoding: .standard, version: "test")
        let plain = try Blueprint(
            job: studio.job(), configuration: studio.model.configuration,
            network: NetworkIdentity(model: studio.model), encoding: .standard, version: "test")
        #expect(single.latents(of: .global) == plain.latents(of: .global))
    }

    private final class Asked: @unchecked Sendable {
        private let lock = NSLock()
        private var heard: [Bool?] = []

        var answers: [Bool?] { lock.withLock { heard } }
        func note(_ answer: Bool?) { lock.withLock { heard.append(answer) } }
    }
}
