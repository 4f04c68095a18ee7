import Testing

@testable import Diffusion

@Suite struct ConditionTests {
    /// The first value of each frame's condition, and its mask.
    private static func condition(
        _ between: ModelConfiguration.MTD.Between, first: Float?, last: Float?
    ) throws -> (values: [Float], mask: [Float]) {
        let copy = try ModelCopy()
        try copy.set("mtd", "between", to: between.rawValue)
        try copy.set("sampling", "condition_level", to: 0)
        func latent(_ value: Float?) -> [Float]? { value.map { [Float](repeating: $0, count: 64) } }
        let request = SegmentRequest(
            seed: 1, depth: 1, stride: 1, frames: [3, 4, 5], prompts: ["pim", "pim", "pim"], first: latent(first),
            last: latent(last))
        let condition = Condition(request, model: try copy.load(), noise: Noise(seed: 1, depth: 1))
        let values = condition.values(count: 64)
        return ((0..<3).map { values[64 * $0] }, condition.mask)
    }

    @Test("Between two parents the condition is their cross-fade, or zero, as the model was trained")
    func between() throws {
        #expect(try Self.condition(.crossfade, first: 2, last: 6) == ([2, 4, 6], [1, 0, 1]))
        #expect(try Self.condition(.zero, first: 2, last: 6) == ([2, 0, 6], [1, 0, 1]))
    }

    @Test("A single parent holds for all frames")
    func single() throws {
        #expect(try Self.condition(.crossfade, first: 2, last: nil) == ([2, 2, 2], [1, 0, 0]))
        #expect(try Self.condition(.zero, first: nil, last: 6) == ([0, 0, 6], [0, 0, 1]))
    }

    @Test("Without parents there is nothing to see", arguments: ModelConfiguration.MTD.Between.allCases)
    func none(between: ModelConfiguration.MTD.Between) throws {
        #expect(try Self.condition(between, first: nil, last: nil) == ([0, 0, 0], [0, 0, 0]))
    }
}
