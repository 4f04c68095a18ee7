import Foundation
import Testing

@testable import Tensors

@Suite struct ElementwiseTests {
    @Test("Activations follow their formulas, far from zero too", arguments: types)
    func activations(_ type: ElementType) {
        let x = Tensor((0..<1003).map { Float($0 - 500) / 10 }, shape: [1003], type: type)
        let values = x.values()
        expectClose(silu(x), [1003], values.map { Float(Double($0) / (1 + exp(-Double($0)))) })
        expectClose(
            activate(x, .gelu), [1003],
            values.map { v in
                let d = Double(v)
                return Float(0.5 * d * (1 + tanh(0.7978845608028654 * (d + 0.044715 * d * d * d))))
            })
    }

    @Test("The exponential is good to 4e-7 of each value")
    func exponential() {
        // silu(-x) = -x / (1 + e^x) shows the error of e^x itself.
        for v in stride(from: Float(0.01), to: 80, by: 0.037) {
            let found = silu(Tensor([-v], shape: [1])).values()[0]
            let expected = -Double(v) / (1 + exp(Double(v)))
            #expect(abs(Double(found) / expected - 1) < 4e-7, "at \(v)")
        }
    }

    @Test("A NaN is not hidden")
    func nan() {
        #expect(silu(Tensor([.nan, 1], shape: [2])).values()[0].isNaN)
        #expect(cast(Tensor([.nan, 1], shape: [2]), .bf16).values()[0].isNaN)
    }

    @Test("Sums and products go element by element", arguments: [[3, 5, 7], [2, 3, 16], [1, 1, 1]], types)
    func elementwise(_ extents: [Int], _ type: ElementType) {
        let shape = Shape(extents)
        let (a, b, c) = (tensor(shape, 1, type), tensor(shape, 2, type), tensor(shape, 3, type))
        let (x, y, z) = (a.values(), b.values(), c.values())
        expectClose(add(a, b), shape, zip(x, y).map { $0 + $1 })
        expectClose(scaled(a, by: -1.5), shape, x.map { -1.5 * $0 })
        expectClose(modulate(a, scale: b, shift: c), shape, x.indices.map { x[$0] * y[$0] + z[$0] + x[$0] })
    }

    @Test("Rows are added to every position, in turn where there are fewer rows than items", arguments: types)
    func rows(_ type: ElementType) {
        let x = tensor([4, 3, 20], 1, type)
        let (e, f) = (tensor([2, 20], 2, type), tensor([2, 20], 3, type))
        let (u, v, w) = (x.values(), e.values(), f.values())
        func row(_ i: Int) -> Int { i / 60 % 2 * 20 + i % 20 }
        expectClose(addPerItem(x, e), [4, 3, 20], u.indices.map { u[$0] + v[row($0)] })
        expectClose(
            modulatePerItem(x, scale: e, shift: f), [4, 3, 20],
            u.indices.map { u[$0] * v[row($0)] + w[row($0)] + u[$0] })
        let wide = cast(e, .f32)
        expectClose(addPerItem(x, wide), [4, 3, 20], u.indices.map { u[$0] + v[row($0)] })
    }

    @Test("bf16 is the nearest f32 with 8 bits, ties to even")
    func rounding() {
        let values: [Float] = [1, 1.00390625, 1.01171875, -3.1415927, 65280, 1e-20, 0, .infinity, 1e38]
        let rounded = cast(Tensor(values, shape: [values.count]), .bf16).values()
        let expected = values.map { v -> Float in
            let bits = v.bitPattern
            return v.isInfinite ? v : Float(bitPattern: (bits &+ 0x7fff &+ ((bits >> 16) & 1)) & 0xffff_0000)
        }
        #expect(rounded == expected)
    }
}
