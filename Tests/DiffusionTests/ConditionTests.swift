import Testing

@testable import Diffusion
@testable import Models

@Suite struct ConditionTests {
    /// Two parents of 2 pixels and 3 channels, and what a frame half-way between sees of them.
    private static let first: [Float] = [1, 2, 3, 4, 5, 6]
    private static let last: [Float] = [3, 2, 1, 8, 9, 10]
    private static let halfway: [Float] = [2, 2, 2, 6, 7, 8]

    private static func condition(
        _ between: ModelConfiguration.MTD.Between, first: [Float]?, last: [Float]?, level: Int = 0
    ) -> (frames: [[Float]], mask: [Float], level: Int) {
        let request = SegmentRequest(
            seed: 1, depth: 1, stride: 1, frames: [3, 4, 5], prompts: ["pim", "pim", "pim"])
        let condition = Condition(
            request, known: [0: first, 2: last].compactMapValues { $0 }, between: between, level: level,
            noise: Noise(seed: 1, depth: 1, shared: 0),
            schedule: Schedule(.init(objective: .velocity, steps: 1000, schedule: .cosine, sharedNoise: 0)))
        let values = condition.values(pixels: 2, channels: 3)
        let count = values.count / 3
        return ((0..<3).map { Array(values[$0 * count..<($0 + 1) * count]) }, condition.mask, condition.level)
    }

    /// Behind each pixel of `shown`, the same pixel of `difference`.
    private static func interleaved(_ shown: [Float], _ difference: [Float]) -> [Float] {
        Array(shown[..<3] + difference[..<3] + shown[3...] + difference[3...])
    }

    @Test("A frame between two parents sees their cross-fade and how they differ; the mask tells what is given")
    func crossfade() {
        let difference = zip(Self.first, Self.last).map { $1 - $0 }
        let (frames, mask, _) = Self.condition(.crossfade, first: Self.first, last: Self.last)
        #expect(frames == [Self.first, Self.halfway, Self.last].map { Self.interleaved($0, difference) })
        #expect(mask == [1, 0, 1])
    }

    @Test("A single parent holds for all frames")
    func single() {
        let held = Self.interleaved(Self.first, [Float](repeating: 0, count: 6))
        #expect(Self.condition(.crossfade, first: Self.first, last: nil).frames == [held, held, held])
        #expect(Self.condition(.crossfade, first: Self.first, last: nil).mask == [1, 0, 0])
        #expect(Self.condition(.crossfade, first: nil, last: Self.first).frames == [held, held, held])
        #expect(Self.condition(.crossfade, first: nil, last: Self.first).mask == [0, 0, 1])
    }

    @Test("A frame sees the nearest that are known on both sides, beyond them the outermost")
    func anySubset() {
        let condition = Condition(frames: 6, known: [1: [0], 3: [4], 4: [8]], between: .crossfade, level: 0)
        #expect(condition.mask == [0, 1, 0, 1, 1, 0])
        // What is shown, and how the later differs from the earlier.
        #expect(condition.values(pixels: 1, channels: 1) == [0, 0, 0, 4, 2, 4, 4, 4, 8, 4, 8, 0])
    }

    @Test("In the paper's way a frame between sees nothing of the parents")
    func zero() {
        let nothing = [Float](repeating: 0, count: 6)
        let (frames, mask, _) = Self.condition(.zero, first: Self.first, last: Self.last)
        #expect(frames == [Self.first, nothing, Self.last])
        #expect(mask == [1, 0, 1])
    }

    @Test("Without parents there is nothing to see", arguments: ModelConfiguration.MTD.Between.allCases)
    func none(between: ModelConfiguration.MTD.Between) {
        let (frames, mask, level) = Self.condition(between, first: nil, last: nil, level: 100)
        #expect(frames.joined().allSatisfy { $0 == 0 })
        #expect(mask == [0, 0, 0] && level == 0)
    }

    @Test("Noise is put on the parents before they are cross-faded")
    func noise() {
        let clean = Self.condition(.crossfade, first: Self.first, last: Self.last)
        let noised = Self.condition(.crossfade, first: Self.first, last: Self.last, level: 100)
        #expect(noised.level == 100 && noised.frames[0] != clean.frames[0])
        for channel in 0..<3 {
            let (start, middle, end) = (noised.frames[0][channel], noised.frames[1][channel], noised.frames[2][channel])
            #expect(middle == 0.5 * start + 0.5 * end)
        }
    }
}
