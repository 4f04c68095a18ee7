import Diffusion
import Encoding
import Evaluation
import Foundation
import Models
import Pictures
import Plans
import Scripts
import TestSupport
import Testing

@testable import Comparison
@testable import Rendering

@Suite struct SchemeSamplerTests {
    private static let frames = 40
    private let model: Model

    init() throws { model = try Model.load(directory: Fixtures.tinyModel, precision: .f32) }

    private func prompt(_ frame: Int) -> String { frame < 20 ? "pim walks" : "lulu sits" }

    private func sampler(_ scheme: Scheme) -> SchemeSampler {
        SchemeSampler(
            model: model, scheme: scheme,
            continuation: .init(steps: 3, sampler: nil, guidance: 2))
    }

    private func latents(_ scheme: Scheme, seed: UInt64 = 7) throws -> Latents {
        try sampler(scheme).latents(seed: seed, frames: Self.frames, prompt: prompt)
    }

    @Test("By the hierarchy the latents are those of a render")
    func asRendered() throws {
        let folder = try TemporaryDirectory()
        let plan = try RenderPlan(frames: Self.frames, segmentFrames: model.configuration.segmentFrameRange)
        let storyboard = try Storyboard(
            frames: Self.frames, fps: 24,
            shots: [0, 20].map {
                Shot(
                    start: $0, prompt: prompt($0),
                    place: PromptPlace(SourcePlace(line: 1, column: 1, length: 1, text: "")))
            })
        let job = RenderJob(
            id: 1, name: "a.nuwa", script: "", storyboard: storyboard, plan: plan, seed: 7,
            output: folder.url.appending(path: "a.mp4"))
        let network = try NetworkIdentity(model: model)
        let blueprint = try Blueprint(
            job: job, configuration: model.configuration, network: network, encoding: .standard, version: "1")
        let workspace = try Workspace(folder.url.appending(path: "segments"))
        let maker = SegmentMaker(model: model, network: network, workspace: workspace)
        var rendered: [Int: [Float]] = [:]
        for id in plan.segmentIDs {
            let task = SegmentTask(latents: blueprint.task(for: id).latents, chunk: nil)
            _ = maker.make(task, worker: nil, isWanted: { true }, report: { _ in })
            let found = try workspace.latents(
                blueprint.latents(of: id), shape: model.latentsShape(frames: plan.segmentFrames))
            guard case .whole(let latents) = found else {
                Issue.record("no latents of \(id)")
                return
            }
            for (place, frame) in plan.segment(id).frames.enumerated() { rendered[frame] = Array(latents[place]) }
        }
        let made = try latents(.hierarchy)
        for frame in 0..<Self.frames { #expect(Array(made[frame]) == rendered[frame], "frame \(frame)") }
    }

    @Test(
        "Every scheme makes all frames, the same ones each time, and others of another seed",
        arguments: [
            Scheme.chain(depths: 1, overlap: 1, clipFrames: 4), .chain(depths: 2, overlap: 1, clipFrames: 4),
            .memory(overlap: 2, clipFrames: 4), .queue(isCoherent: false, clipFrames: 4),
            .queue(isCoherent: true, clipFrames: 4),
        ])
    func repeated(scheme: Scheme) throws {
        let one = try latents(scheme)
        #expect(one.frames == Self.frames && one.values.allSatisfy(\.isFinite))
        #expect(try one == latents(scheme))
        #expect(try one != latents(scheme, seed: 8))
    }

    @Test("What a clip knows stays as it is in the film")
    func verbatim() throws {
        // The first clip of both is the same, and what comes after it takes nothing back.
        let few = try latents(.chain(depths: 1, overlap: 1, clipFrames: 4))
        let many = try latents(.chain(depths: 1, overlap: 3, clipFrames: 4))
        for frame in 0..<4 { #expect(few[frame] == many[frame]) }
        #expect(few[6] != many[6])
    }

    @Test("What comes out of a queue first is like what went in first")
    func queueOrder() throws {
        let (frames, shape) = (4, model.configuration.latentShape)
        let beginning = try sampler(.chain(depths: 1, overlap: 1, clipFrames: 4)).latents(
            seed: 7, frames: frames, prompt: prompt)
        var queue = QueueIterator(
            model: model, seed: 7, prompts: (0..<8).map(prompt), beginning: beginning, sampler: .ddim, guidance: 1,
            coherence: 0)
        // The first frame has the least noise left: one step from its last timestep finishes it.
        let timesteps = model.schedule.timesteps(frames)
        let first = try queue.next()
        #expect(first.count == shape.height * shape.width * shape.channels && first.allSatisfy(\.isFinite))
        let kept = model.schedule.alphaBar[timesteps[frames - 1]].squareRoot()
        let (a, b) = (first, Array(beginning[0]))
        let mean = zip(a, b).reduce(0.0) { $0 + Double($1.0 * $1.1) }
        let size = b.reduce(0.0) { $0 + Double($1 * $1) }
        #expect(kept > 0.5 && mean / size > 0, "what comes out first is like what went in first")
    }

    @Test("The cost is what is evaluated")
    func cost() throws {
        let sampler = sampler(.chain(depths: 1, overlap: 1, clipFrames: 4))
        let clips = try sampler.clips(frames: Self.frames, prompt: prompt)
        let free = sampler.effort(clips[0]).evaluations
        #expect(sampler.effort(clips[1]).evaluations == 6)
        #expect(
            try sampler.cost(frames: Self.frames, prompt: prompt).evaluations == free + (clips.count - 1) * 6)
    }

    @Test("Pictures are those of their group, and the frame that two groups have is shown once")
    func pictures() throws {
        let latents = try latents(.chain(depths: 1, overlap: 1, clipFrames: 4))
        let groups = try sampler(.chain(depths: 1, overlap: 1, clipFrames: 4)).groups(frames: Self.frames)
        #expect(groups.first == 0...3 && groups.last == 36...39)
        var pictures = FilmPictures(latents, groups: groups, model: model)
        var images: [Image] = []
        while let image = try pictures.next() { images.append(image) }
        #expect(images.count == Self.frames)
        let second = Latents(
            frames: 4, height: latents.height, width: latents.width, channels: latents.channels,
            values: (3...6).flatMap { latents[$0] })
        #expect(try Array(images[3...5]) == Array(model.decode(second)[..<3]))
    }

    @Test(
        "Where a clip or a group of pictures begins, there is a join",
        arguments: [
            (Scheme.hierarchy, [3, 6, 9, 12]),
            (.chain(depths: 1, overlap: 1, clipFrames: 4), [3, 4, 6, 7, 9, 10, 12, 13]),
            (.queue(isCoherent: false, clipFrames: 4), [3, 6, 9, 12]),
        ])
    func joins(scheme: Scheme, starts: [Int]) throws {
        #expect(try sampler(scheme).joins(frames: 14, prompt: prompt).sorted() == starts)
    }

    @Test("Other steps for known beginnings make other films of the schemes that have such, and of no others")
    func identities() throws {
        func identity(_ scheme: Scheme, steps: Int) throws -> SchemeSampler.Identity {
            try SchemeSampler(
                model: model, scheme: scheme,
                continuation: .init(steps: steps, sampler: nil, guidance: 2)
            ).identity(frames: Self.frames, prompt: prompt)
        }
        #expect(try identity(.hierarchy, steps: 3) == identity(.hierarchy, steps: 4))
        let chain = Scheme.chain(depths: 1, overlap: 1, clipFrames: 4)
        #expect(try identity(chain, steps: 3) != identity(chain, steps: 4))
        #expect(
            try identity(.queue(isCoherent: true, clipFrames: 4), steps: 3)
                != identity(.queue(isCoherent: false, clipFrames: 4), steps: 3))
    }
}

@Suite struct QueueHandicapTests {
    @Test("The handicap of a queue is a ratio of two errors of the same noise")
    func handicap() throws {
        let model = try Model.load(directory: Fixtures.tinyModel, precision: .f32)
        let shape = model.configuration.latentShape
        var random = RandomStream(seed: 1, purpose: 0, step: 0, item: 0)
        func errors(_ frames: Int) -> (mixed: Double, equal: Double) {
            let values = random.normals(frames * shape.height * shape.width * shape.channels)
            let latents = Latents(
                frames: frames, height: shape.height, width: shape.width, channels: shape.channels, values: values)
            return QueueHandicap(model: model, length: frames).errors(
                latents, prompts: Array(repeating: "pim walks", count: frames), seed: 1)
        }
        let found = errors(4)
        #expect(found.mixed > 0 && found.equal > 0 && found.mixed != found.equal)
        let row = QueueHandicap.row([(mixed: 3, equal: 2), (mixed: 1, equal: 2)])
        #expect(row.estimate?.value == 1 && row.films == 2)
    }
}
