import Diffusion
import Encoding
import Foundation
import Models
import Plans
import TestSupport
import Testing

@testable import Rendering

/// Keyframes of the tiny model before a judge who sees Pim in every picture, and nobody else.
@Suite struct JudgeTests {
    private static let draws = 3
    private let studio: Studio

    init() throws { studio = try Studio(judging: ["Pim", "Lulu"], draws: Self.draws) }

    /// The keyframes of a script, and how many steps they took.
    private func keyframes(
        _ script: String, of studio: Studio, seed: UInt64 = 7, takes: [Take] = []
    ) throws -> (latents: Latents, steps: Int) {
        let job = try studio.job("seed \(seed)\nframes 28\nfps 12\n\(script)", takes: takes)
        let network = try NetworkIdentity(model: studio.model)
        let blueprint = try Blueprint(
            job: job, configuration: studio.model.configuration, network: network, encoding: .standard, version: "1")
        let workspace = try Workspace(studio.workspace)
        let maker = SegmentMaker(model: studio.model, network: network, workspace: workspace)
        var steps = 0
        let outcome = maker.make(
            SegmentTask(latents: blueprint.task(for: .global).latents, chunk: nil), worker: nil, isWanted: { true }
        ) { news in
            if case .stepped = news { steps += 1 }
        }
        guard case .made = outcome else { throw CocoaError(.fileReadUnknown) }
        let found = try workspace.latents(
            blueprint.latents(of: .global), shape: studio.model.latentsShape(frames: job.plan.segmentFrames))
        guard case .whole(let latents) = found else { throw CocoaError(.fileReadUnknown) }
        return (latents, steps)
    }

    private var stepsOfADraw: Int { studio.model.configuration.sampling.effort(atDepth: 0, stride: 9).steps }

    @Test("Where everybody is there who is named, or nobody is named, keyframes are drawn once")
    func right() throws {
        let (latents, steps) = try keyframes("f0 Pim walks across the meadow.\nf14 Night falls.", of: studio)
        #expect(steps == stepsOfADraw)
        #expect(try latents == keyframes("f0 Pim walks across the meadow.\nf14 Night falls.", of: Studio()).latents)
    }

    @Test(
        "Where somebody is missing, or there who is not named, they are drawn as often as the model says; of draws alike the first stays",
        arguments: ["f0 Lulu sits.", "f0 Pim walks.\nf14 Pim and Lulu sit."])
    func wrong(script: String) throws {
        let (latents, steps) = try keyframes(script, of: studio)
        #expect(steps == Self.draws * stepsOfADraw)
        #expect(try latents == keyframes(script, of: Studio()).latents)
    }

    @Test("Keyframes that stay from an earlier take are not judged")
    func kept() throws {
        let script = "f0 Pim walks.\nf14 Lulu sits."
        let plan = try studio.job("frames 28\n\(script)").plan
        // All with Lulu stay; the first, with Pim, is made again.
        #expect(plan.segment(.global).frames == [0, 9, 18, 27])
        let (_, steps) = try keyframes(script, of: studio, takes: [Take(seed: 7), Take(seed: 8, keyframes: [0, 1])])
        #expect(steps == Self.draws * stepsOfADraw + stepsOfADraw)
    }

    @Test("A film is the same whoever makes its segments, and when it is made again")
    func repeated() throws {
        let script = "seed 7\nframes 28\nfps 12\nf0 Lulu sits.\nf14 Pim walks."
        try studio.render(studio.job(script, output: "one.mp4"))
        let first = try #require(studio.film("one.mp4"))
        let again = try Studio(judging: ["Pim", "Lulu"], draws: Self.draws)
        try again.render(again.job(script, output: "one.mp4"))
        #expect(again.film("one.mp4") == first)
    }
}

@Suite struct DrawsTests {
    private static let prompts = ["a", "a", "b", "b", "a"]
    private static func judgements(_ areRight: [Bool]) -> [Judgement] { areRight.map { Judgement(isCastRight: $0) } }

    @Test("Each run of one prompt has the draw in which most of its casts are right, of equals the first")
    func choice() {
        let judgements = [
            [true, false, false, false, false], [true, true, false, false, false], [true, true, true, false, false],
        ].map(Self.judgements)
        #expect(Draws.choice(prompts: Self.prompts, judgements: judgements) == [1, 1, 2, 2, 0])
        #expect(!Draws.isSettled(prompts: Self.prompts, judgements: judgements))
    }

    @Test("It is settled when every run has a draw that is right throughout, be they different ones")
    func settled() {
        let judgements = [[true, true, true, false, false], [false, false, true, true, true]].map(Self.judgements)
        #expect(Draws.isSettled(prompts: Self.prompts, judgements: judgements))
        #expect(Draws.choice(prompts: Self.prompts, judgements: judgements) == [0, 0, 1, 1, 1])
    }

    @Test(
        "Of draws with casts alike the one counts that keeps most of what else is said; and what is not kept is not settled"
    )
    func traits() {
        func draw(_ isCastRight: Bool, _ kept: Int) -> [Judgement] {
            [Judgement(isCastRight: isCastRight, kept: kept, said: 3)]
        }
        let judgements = [draw(true, 1), draw(false, 3), draw(true, 2)]
        #expect(Draws.choice(prompts: ["a"], judgements: judgements) == [2])
        #expect(!Draws.isSettled(prompts: ["a"], judgements: judgements))
        #expect(Draws.isSettled(prompts: ["a"], judgements: judgements + [draw(true, 3)]))
    }
}
