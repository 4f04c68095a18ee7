import Models
import Plans
import Testing

@testable import Comparison

@Suite struct SchemeTests {
    private static let all =
        Scheme.named.map(\.scheme)
        + [
            .chain(depths: 3, overlap: 1, clipFrames: 16), .chain(depths: 3, overlap: 2, clipFrames: 8),
            .memory(overlap: 2, clipFrames: 4), .queue(isCoherent: false, clipFrames: 4),
            .queue(isCoherent: true, clipFrames: 4),
        ]

    private func clips(_ scheme: Scheme, _ frames: Int) throws -> [Clip] {
        try scheme.clips(frames: frames, segmentFrames: 8...16) { "prompt \($0 / 40 % 3)" }
    }

    @Test("Every frame is made once, and what a clip knows is there", arguments: all, [16, 17, 100, 226, 256, 1024])
    func everyFrame(scheme: Scheme, frames: Int) throws {
        if case .queue = scheme { return }
        var there: Set<Int> = []
        for clip in try clips(scheme, frames) {
            #expect(there.isSuperset(of: clip.given))
            #expect(Set(clip.frames).count == clip.frames.count && clip.frames.count <= 16)
            for (_, frame) in clip.made where frame < frames { #expect(!there.contains(frame), "\(frame) twice") }
            there.formUnion(clip.frames)
        }
        #expect(there.isSuperset(of: 0..<frames))
    }

    @Test("The hierarchy is the plan by which nuwa renders")
    func plan() throws {
        let plan = try RenderPlan(frames: 1024, segmentFrames: 8...16)
        let clips = try clips(.hierarchy, 1024)
        #expect(clips.map(\.frames) == plan.segmentIDs.map { plan.segment($0).frames })
        #expect(clips.map(\.depth) == plan.segmentIDs.map(\.depth))
    }

    @Test("Windows that span the film are the hierarchy")
    func widest() throws {
        #expect(
            try clips(.chain(depths: 3, overlap: 1, clipFrames: 16), 3376)
                == Scheme.hierarchy.clips(frames: 3376, segmentFrames: 16...16) { _ in "" })
    }

    @Test("Autoregression knows the last frames before it, and nothing of what comes")
    func autoregression() throws {
        let clips = try clips(.chain(depths: 1, overlap: 4, clipFrames: 16), 100)
        #expect(clips[0].known == .none && clips[1].known == .start)
        #expect(clips[1].given == [12, 13, 14, 15] && clips[1].frames == Array(12..<28))
    }

    @Test("A memory is of the frame whose prompt is most like that of the new ones")
    func memory() throws {
        let clips = try Scheme.memory(overlap: 4, clipFrames: 16).clips(frames: 200, segmentFrames: 8...16) {
            $0 < 30 ? "pim by the tree" : $0 < 100 ? "bo in the cave" : "pim by the old tree"
        }
        // The first clip of which all new frames, and none of those before its overlap, have the last prompt.
        let later = try #require(clips.first { $0.made[0].frame == 104 })
        #expect(later.frames[0] == 29)
    }

    @Test("What is between the words of a prompt makes no frame more like another")
    func punctuation() throws {
        let clips = try Scheme.memory(overlap: 4, clipFrames: 16).clips(frames: 200, segmentFrames: 8...16) {
            $0 < 30 ? "Pim. Tree." : $0 < 100 ? "by pim, tree, cave" : "pim tree."
        }
        let later = try #require(clips.first { $0.made[0].frame == 104 })
        #expect(later.frames[0] == 29)
    }

    @Test("A scheme is found by its name", arguments: all)
    func names(scheme: Scheme) {
        #expect(Scheme(name: scheme.name) == scheme)
    }

    @Test(
        "What is no scheme has none",
        arguments: [
            "", "chain", "chain-0-1-16", "chain-1-16-16", "chain-1-1-2", "chain-1-1-16-1", "chain--1-16",
            "memory-15-16",
            "memory-4", "queue-2", "queue-coherent-", "queue-4-16", "16",
        ])
    func noName(name: String) {
        #expect(Scheme(name: name) == nil)
    }
}

@Suite struct CostTests {
    private static let pace = Cost.Pace(evaluation: 1, decode: 2, frames: 16)

    /// 400 evaluations in 200 steps where nothing is known, 10 in 10 elsewhere.
    private func cost(_ scheme: Scheme, _ frames: Int, segmentFrames: Int = 16) throws -> Cost {
        let clips = try scheme.clips(frames: frames, segmentFrames: segmentFrames...segmentFrames) { _ in "" }
        let groups = stride(from: 0, to: frames - 1, by: 15).map { $0...min($0 + 15, frames - 1) }
        return Cost(clips: clips, groups: groups) { $0.known == .none ? (200, 400) : (10, 10) }
    }

    @Test("Of the hierarchy one clip of each depth has to wait for another; from left to right all do")
    func critical() throws {
        let hierarchy = try cost(.hierarchy, 3376)
        #expect(hierarchy.evaluations == 400 + 240 * 10 && hierarchy.criticalSteps == 200 + 2 * 10)
        let chain = try cost(.chain(depths: 1, overlap: 1, clipFrames: 16), 3376)
        #expect(chain.evaluations == 400 + 224 * 10 && chain.criticalSteps == 200 + 224 * 10)
    }

    @Test("Clips of half the frames count half")
    func shorter() throws {
        let cost = try cost(.hierarchy, 344, segmentFrames: 8)
        #expect(cost.evaluations == 400 + (7 + 49) * 10)
        #expect(cost.evaluations(ofFrames: 16) == Double(cost.evaluations) / 2)
    }

    @Test("One worker takes the sum of everything, and very many take what cannot be done at the same time")
    func seconds() throws {
        let cost = try cost(.hierarchy, 3376)
        #expect(abs(cost.seconds(workers: 1, pace: Self.pace) - (2800 + 225 * 2)) < 1e-6)
        #expect(abs(cost.seconds(workers: 10_000, pace: Self.pace) - (420 + 2)) < 1e-6)
    }

    @Test("Workers do what can be begun, in the film's order")
    func workers() throws {
        // Seven clips of 16 frames, one after the other, and their pictures beside the next.
        let cost = try cost(.chain(depths: 1, overlap: 1, clipFrames: 16), 106)
        let pace = Cost.Pace(evaluation: 1, decode: 10, frames: 16)
        #expect(abs(cost.seconds(workers: 2, pace: pace) - (400 + 6 * 10 + 10)) < 1e-6)
    }

    @Test("A queue goes one step after the other, and its pictures wait for their last frame")
    func queue() {
        let cost = Cost(
            queueOf: 16, frames: 31, groups: [0...15, 15...30], evaluationsPerStep: 2, beginning: (200, 400))
        #expect(cost.evaluations == 400 + 62 && cost.criticalSteps == 200 + 31)
        let pace = Cost.Pace(evaluation: 1, decode: 10, frames: 16)
        #expect(abs(cost.seconds(workers: 9, pace: pace) - (462 + 10)) < 1e-6)
        #expect(abs(cost.seconds(workers: 1, pace: pace) - (462 + 20)) < 1e-6)
    }
}
