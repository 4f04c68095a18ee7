import Foundation
import Testing

@testable import Tensors

@Suite struct NormalizationTests {
    @Test(
        "Group normalisation makes each group of an item normal",
        arguments: [(4, 2), (12, 4), (20, 5), (32, 32), (48, 1), (80, 8), (112, 16)], types)
    func group(_ extents: (Int, Int), _ type: ElementType) {
        let (channels, groups) = extents
        let shape: Shape = [2, 3, 5, channels]
        // A mean far from zero shows cancellation.
        let x = Tensor(random(shape.product, 1).map { 3 * $0 + 2 }, shape: shape, type: type)
        let weight = parameter([channels], 2, around: 1)
        let bias = parameter([channels], 3)
        let expected = reference(x.values(), weight.values, bias.values, 2, 15, channels, groups)
        expectClose(groupNorm(x, groups: groups, weight, bias), shape, expected)
        expectClose(
            groupNorm(x, groups: groups, weight, bias, silu: true), shape, expected.map { $0 / (1 + exp(-$0)) })
    }

    @Test("Group normalisation stays exact over many positions and far from zero")
    func manyPositions() {
        let x = Tensor(random(3000 * 16, 1).map { $0 + 50 }, shape: [1, 3000, 16])
        let weight = Parameter(name: "w", shape: [16], values: [Float](repeating: 1, count: 16))
        let bias = parameter([16], 2)
        let y = groupNorm(x, groups: 4, weight, bias)
        let expected = reference(
            x.values(), weight.values, bias.values, 1, 3000, 16, 4)
        // Values near 50 are themselves only known to 4e-6, a hundredth of a standard deviation's thousandth.
        #expect(relativeError(y.values(), expected) < 3e-5)
    }

    @Test("Layer normalisation makes each row normal", arguments: [4, 12, 16, 20, 64, 100], types)
    func layer(_ channels: Int, _ type: ElementType) {
        let x = Tensor(random(6 * channels, 1).map { 3 * $0 - 2 }, shape: [2, 3, channels], type: type)
        let weight = parameter([channels], 2, around: 1)
        let bias = parameter([channels], 3)
        let expected = reference(x.values(), weight.values, bias.values, 6, 1, channels, 1)
        expectClose(layerNorm(x, weight, bias), [2, 3, channels], expected)
    }

    func reference(
        _ x: [Float], _ weight: [Float], _ bias: [Float], _ items: Int, _ positions: Int, _ channels: Int, _ groups: Int
    ) -> [Float] {
        var y = x
        let width = channels / groups
        for item in 0..<items {
            for g in 0..<groups {
                let indices = (0..<positions).flatMap { p in
                    (g * width..<(g + 1) * width).map { (item * positions + p) * channels + $0 }
                }
                let mean = indices.reduce(0.0) { $0 + Double(x[$1]) } / Double(indices.count)
                let variance = indices.reduce(0.0) { $0 + pow(Double(x[$1]) - mean, 2) } / Double(indices.count)
                for i in indices {
                    let normal = (Double(x[i]) - mean) / (variance + 1e-5).squareRoot()
                    y[i] = Float(normal * Double(weight[i % channels]) + Double(bias[i % channels]))
                }
            }
        }
        return y
    }
}
