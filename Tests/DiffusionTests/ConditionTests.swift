import Testing

@testable import Diffusion

@Suite struct ConditionTests {
    /// Of each frame, the first pixel's value in the first channel and behind the last one; and the mask.
    private static func condition(
        _ between: ModelConfiguration.MTD.Between, first: Float?, last: Float?
    ) -> (shown: [Float], difference: [Float], mask: [Float]) {
        func latent(_ value: Float?) -> [Float]? { value.map { [Float](repeating: $0, count: 64) } }
        let request = SegmentRequest(
            seed: 1, depth: 1, stride: 1, frames: [3, 4, 5], prompts: ["pim", "pim", "pim"], first: latent(first),
            last: latent(last))
        let condition = Condition(
            request, between: between, level: 0, noise: Noise(seed: 1, depth: 1),
            schedule: Schedule(.init(objective: .velocity, steps: 1000, schedule: .cosine)))
        let values = condition.values(pixels: 16, channels: 4)
        let width = between == .zero ? 4 : 8
        #expect(values.count == 3 * 16 * width)
        let pixels = (0..<3).map { values[$0 * 16 * width..<($0 * 16 + 1) * width] }
        return (pixels.map(\.first!), width == 4 ? [] : pixels.map(\.last!), condition.mask)
    }

    @Test("A frame between two parents sees their cross-fade and how they differ; the mask tells what is given")
    func crossfade() {
        #expect(Self.condition(.crossfade, first: 2, last: 6) == ([2, 4, 6], [4, 4, 4], [1, 0, 1]))
        #expect(Self.condition(.crossfade, first: 2, last: nil) == ([2, 2, 2], [0, 0, 0], [1, 0, 0]))
    }

    @Test("In the paper's way it sees nothing of them")
    func zero() {
        #expect(Self.condition(.zero, first: 2, last: 6) == ([2, 0, 6], [], [1, 0, 1]))
        #expect(Self.condition(.zero, first: nil, last: 6) == ([0, 0, 6], [], [0, 0, 1]))
    }

    @Test("Without parents there is nothing to see", arguments: ModelConfiguration.MTD.Between.allCases)
    func none(between: ModelConfiguration.MTD.Between) {
        let (shown, difference, mask) = Self.condition(between, first: nil, last: nil)
        #expect(shown == [0, 0, 0] && difference.allSatisfy { $0 == 0 } && mask == [0, 0, 0])
    }
}
