@testable import Plans
import Testing

/// Expected numbers are worked by hand; the arithmetic stands beside them.
@Suite struct ProgressTests {
    /// 226 frames: 1 segment of 20 steps, 15 segments of 10 steps and a decode each.
    private func picnic(workers: Int = 2) throws -> RenderProgress {
        RenderProgress(
            plan: try RenderPlan(frames: 226, segmentFrames: 16), evaluationsPerDepth: [20, 10], workers: workers,
            keyframeHands: 1, evaluationsPerKeyframeStep: 1)
    }

    @Test("Before anything is measured there is no estimate, and nothing is done")
    func start() throws {
        let progress = try picnic()
        #expect(progress.fraction == 0)
        #expect(progress.remainingSeconds == nil)
        #expect(progress.currentDepth == 0)
        #expect(!progress.isFinished)
        #expect(progress.description == "depth 0 of 0…1, 0 of 1 segments, 0 %")
    }

    @Test("One segment is not made faster by two workers, fifteen are")
    func estimate() throws {
        var progress = try picnic()
        progress.secondsPerEvaluation = 0.5
        progress.secondsPerDecode = 2
        // depth 0: 20 × 0.5 = 10 s on one worker; depth 1: 15 × (10 × 0.5 + 2) = 105 s on two
        #expect(progress.remainingSeconds == 10 + 52.5)
        progress.depths[0].evaluationsUnderWay = 5
        #expect(progress.remainingSeconds == 7.5 + 52.5)
        progress.depths[0].evaluationsUnderWay = 0
        progress.depths[0].done = 1
        #expect(progress.remainingSeconds == 52.5)
        #expect(progress.currentDepth == 1)
        progress.depths[1].done = 14
        progress.depths[1].evaluationsUnderWay = 6
        // one segment left: (4 × 0.5 + 2) s on one worker
        #expect(progress.remainingSeconds == 4)
        // 20 + 15 × (10 + 2) = 200 steps' worth, 6 of them left: what a decode takes is of no account here
        #expect(abs(progress.fraction - 194.0 / 200) < 1e-12)
        #expect(progress.description == "depth 1 of 0…1, 14 of 15 segments, 97 %, 4s left")
        progress.depths[1].done = 15
        progress.depths[1].evaluationsUnderWay = 0
        #expect(progress.fraction == 1)
        #expect(progress.remainingSeconds == 0)
        #expect(progress.isFinished)
        #expect(progress.description == "all 2 depths done, 100 %")
    }

    @Test("Where a second worker makes one of two passes, keyframes take half as long")
    func keyframeHands() throws {
        var progress = try picnic()
        progress.secondsPerEvaluation = 0.5
        progress.secondsPerDecode = 2
        progress.keyframeHands = 2
        #expect(progress.remainingSeconds == 5 + 52.5)
        progress.workers = 1
        #expect(progress.remainingSeconds == 115.0)
    }

    @Test("Until a decode was measured it is taken for two steps")
    func assumedDecode() throws {
        var progress = try picnic(workers: 1)
        progress.secondsPerEvaluation = 1
        // 20 + 15 × (10 + 2)
        #expect(progress.remainingSeconds == 200)
        progress.depths[0].done = 1
        #expect(abs(progress.fraction - 0.1) < 1e-12)
    }

    @Test("More workers than segments change nothing")
    func idleWorkers() throws {
        var many = try picnic(workers: 64)
        many.secondsPerEvaluation = 1
        many.secondsPerDecode = 0
        // 20 + 15 × 10 / 15
        #expect(many.remainingSeconds == 30)
        #expect(try picnic(workers: 0).workers == 1)
    }

    @Test("A film of one depth decodes its only segment")
    func oneDepth() throws {
        var progress = RenderProgress(
            plan: try RenderPlan(frames: 16, segmentFrames: 16), evaluationsPerDepth: [20], workers: 2,
            keyframeHands: 1, evaluationsPerKeyframeStep: 1)
        progress.secondsPerEvaluation = 1
        progress.secondsPerDecode = 5
        progress.depths[0].evaluationsUnderWay = 20
        #expect(progress.remainingSeconds == 5)
        // 20 of 20 + 2 steps' worth
        #expect(abs(progress.fraction - 20.0 / 22) < 1e-12)
    }

    @Test("Depths beyond the list of steps take its last number")
    func missingSteps() throws {
        let plan = try RenderPlan(frames: 3376, segmentFrames: 16)
        #expect(
            RenderProgress(
                plan: plan, evaluationsPerDepth: [20, 8], workers: 1, keyframeHands: 1, evaluationsPerKeyframeStep: 1
            ).depths.map(\.evaluations) == [
                20, 8, 8,
            ])
        #expect(
            RenderProgress(
                plan: plan, evaluationsPerDepth: [], workers: 1, keyframeHands: 1, evaluationsPerKeyframeStep: 1
            ).depths.map(\.evaluations) == [1, 1, 1])
    }

    @Test("Work that is done only ever moves the fraction up, from 0 to 1")
    func monotonous() throws {
        let plan = try RenderPlan(frames: 500, segmentFrames: 8)
        var progress = RenderProgress(
            plan: plan, evaluationsPerDepth: [6, 3], workers: 2, keyframeHands: 1, evaluationsPerKeyframeStep: 1)
        var last = -1.0
        for depth in progress.depths.indices {
            for _ in 0..<progress.depths[depth].segments {
                for _ in 0..<progress.depths[depth].evaluations {
                    #expect(progress.fraction > last)
                    last = progress.fraction
                    progress.depths[depth].evaluationsUnderWay += 1
                }
                progress.depths[depth].evaluationsUnderWay = 0
                progress.depths[depth].done += 1
            }
        }
        #expect(progress.fraction == 1)
    }

    @Test("What is measured changes the estimate, and never the fraction")
    func measured() throws {
        var progress = try picnic()
        progress.depths[0].done = 1
        let before = progress.fraction
        progress.secondsPerEvaluation = 0.01
        progress.secondsPerDecode = 100
        #expect(progress.fraction == before)
        #expect(try #require(progress.remainingSeconds) > 700)
    }

    @Test("A depth's own fraction counts segments at work by their steps")
    func depthFraction() throws {
        var depth = try picnic().depths[1]
        #expect(depth.fraction == 0)
        depth.done = 6
        depth.evaluationsUnderWay = 15
        #expect(abs(depth.fraction - 7.5 / 15) < 1e-12)
        depth.done = 15
        #expect(depth.fraction == 1)
    }
}
