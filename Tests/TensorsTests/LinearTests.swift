import Foundation
import Testing

@testable import Tensors

@Suite struct LinearTests {
    @Test(
        "A linear layer multiplies by the transposed weight", arguments: [(1, 4, 8), (7, 20, 12), (30, 64, 48)], types)
    func product(_ extents: (Int, Int, Int), _ type: ElementType) {
        let (rows, inputs, outputs) = extents
        let x = tensor([rows, inputs], 1, type)
        let weight = parameter([outputs, inputs], 2)
        let bias = parameter([outputs], 3)
        let expected = reference(x.values(), weight.values, bias.values, rows, inputs, outputs)
        expectClose(linear(x, weight, bias), [rows, outputs], expected)
        expectClose(linear(x, weight, bias, activation: .silu), [rows, outputs], expected.map { $0 / (1 + exp(-$0)) })
        expectClose(
            linear(x, weight, bias, activation: .gelu), [rows, outputs],
            expected.map { 0.5 * $0 * (1 + tanh(0.797_884_56 * ($0 + 0.044715 * $0 * $0 * $0))) })
        let none = reference(x.values(), weight.values, [Float](repeating: 0, count: outputs), rows, inputs, outputs)
        expectClose(linear(x, weight, nil), [rows, outputs], none)
    }

    @Test("A result has the type of what came in, and something may be added to it", arguments: types)
    func addingAndOutput(_ type: ElementType) {
        let weight = parameter([8, 16], 1)
        let x = tensor([3, 16], 2, type)
        let other = tensor([3, 8], 3, type)
        let plain = linear(x, weight, nil, activation: .silu)
        expectClose(linear(x, weight, nil, activation: .silu, adding: other), [3, 8], add(plain, other).values())
        let wide = linear(cast(x, .f32), weight, nil)
        #expect(plain.type == type && wide.type == .f32)
        #expect(relativeError(linear(x, weight, nil).values(), wide.values()) < 5e-3)
    }

    @Test("Only the last axis is multiplied")
    func axes() {
        let y = linear(tensor([2, 3, 5, 4], 1), parameter([6, 4], 2), nil)
        #expect(y.shape == [2, 3, 5, 6])
    }

    func reference(
        _ x: [Float], _ weight: [Float], _ bias: [Float], _ rows: Int, _ inputs: Int, _ outputs: Int
    ) -> [Float] {
        (0..<rows * outputs).map { index in
            let (row, output) = (index / outputs, index % outputs)
            return (0..<inputs).reduce(bias[output]) { $0 + x[row * inputs + $1] * weight[output * inputs + $1] }
        }
    }
}
