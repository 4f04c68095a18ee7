import Testing

@testable import Tensors

@Suite struct ConvolutionTests {
    struct Case: Sendable {
        let n, h, w, inputs, outputs, kh, kw, stride: Int
        var padding: (Int, Int) { (kh / 2, kw / 2) }
    }

    static let cases: [Case] = [
        Case(n: 2, h: 3, w: 5, inputs: 4, outputs: 20, kh: 3, kw: 3, stride: 1),
        Case(n: 1, h: 6, w: 10, inputs: 16, outputs: 32, kh: 3, kw: 3, stride: 1),
        Case(n: 3, h: 5, w: 7, inputs: 32, outputs: 16, kh: 3, kw: 3, stride: 1),
        Case(n: 2, h: 6, w: 10, inputs: 12, outputs: 8, kh: 3, kw: 3, stride: 2),
        Case(n: 2, h: 5, w: 7, inputs: 16, outputs: 16, kh: 3, kw: 3, stride: 2),
        Case(n: 2, h: 3, w: 5, inputs: 20, outputs: 3, kh: 1, kw: 1, stride: 1),
        Case(n: 1, h: 4, w: 4, inputs: 8, outputs: 12, kh: 5, kw: 3, stride: 1),
        Case(n: 2, h: 5, w: 3, inputs: 48, outputs: 4, kh: 3, kw: 3, stride: 1),
        Case(n: 2, h: 3, w: 5, inputs: 1, outputs: 8, kh: 3, kw: 3, stride: 1),
        Case(n: 2, h: 9, w: 11, inputs: 32, outputs: 48, kh: 3, kw: 3, stride: 1),
    ]

    @Test("A convolution is the sum over its kernel", arguments: cases, types)
    func sum(_ c: Case, _ type: ElementType) {
        let x = tensor([c.n, c.h, c.w, c.inputs], 1, type)
        let weight = parameter([c.outputs, c.inputs, c.kh, c.kw], 2)
        let bias = parameter([c.outputs], 3)
        let y = conv2d(x, weight, bias, stride: c.stride)
        let expected = reference(x.values(), weight.values, bias.values, c)
        expectClose(y, expected.shape, expected.values)
    }

    @Test("A temporal convolution sums over frames at each position", arguments: types)
    func temporal(_ type: ElementType) {
        let (b, f, p, inputs, outputs) = (2, 5, 6, 12, 16)
        let x = tensor([b, f, p, inputs], 4, type)
        let weight = parameter([outputs, inputs, 3], 5)
        let bias = parameter([outputs], 6)
        let y = temporalConv(x, weight, bias)
        let c = Case(n: b, h: f, w: p, inputs: inputs, outputs: outputs, kh: 3, kw: 1, stride: 1)
        let expected = reference(x.values(), weight.values, bias.values, c)
        expectClose(y, [b, f, p, outputs], expected.values)
    }

    @Test("A result may have another type, and something added to it", arguments: types)
    func addingAndOutput(_ type: ElementType) {
        let weight = parameter([8, 16, 3, 3], 1, scale: 0.1)
        let deep = parameter([8, 16, 3], 2, scale: 0.1)
        let bias = parameter([8], 5)
        let x = tensor([2, 3, 5, 16], 3, type)
        let wide = conv2d(x, weight, bias, output: .f32)
        #expect(wide.type == .f32)
        #expect(relativeError(conv2d(x, weight, bias).values(), wide.values()) < 5e-3)
        #expect(temporalConv(x, deep, bias).type == type)
        let other = tensor([2, 3, 5, 8], 4, type)
        let before = other.values()
        expectClose(
            temporalConv(x, deep, bias, adding: other), other.shape, add(temporalConv(x, deep, bias), other).values())
        #expect(other.values() == before)
    }

    @Test(
        "Upsampling and a convolution in one are what they are one after the other",
        arguments: [(1, 1), (3, 5), (8, 4)],
        types)
    func upsampled(_ size: (Int, Int), _ type: ElementType) {
        let weight = parameter([20, 16, 3, 3], 1)
        let bias = parameter([20], 2)
        let x = tensor([2, size.0, size.1, 16], 3, type)
        for _ in 0..<2 {
            let expected = conv2d(upsampleNearest2x(x), weight, bias)
            expectClose(upsampleConv2d(x, weight, bias), expected.shape, expected.values())
            weight.update { values in for i in values.indices { values[i] = 1 - values[i] } }
        }
    }

    @Test("One parameter serves convolutions of several shapes and types, before and after an update")
    func shared() {
        let weight = parameter([16, 16, 3, 3], 7)
        let bias = parameter([16], 9)
        for round in 0..<2 {
            for (size, type) in [(4, types[0]), (9, types[0]), (4, types.last!)] {
                let c = Case(n: 1, h: size, w: size, inputs: 16, outputs: 16, kh: 3, kw: 3, stride: 1)
                let x = tensor([1, size, size, 16], 8, type)
                let expected = reference(x.values(), weight.values, bias.values, c)
                expectClose(conv2d(x, weight, bias), expected.shape, expected.values)
            }
            if round == 0 { weight.update { values in for i in values.indices { values[i] = -2 * values[i] } } }
        }
    }

    func reference(_ x: [Float], _ weight: [Float], _ bias: [Float], _ c: Case) -> (shape: Shape, values: [Float]) {
        let (ph, pw) = c.padding
        let oh = (c.h + 2 * ph - c.kh) / c.stride + 1
        let ow = (c.w + 2 * pw - c.kw) / c.stride + 1
        var y = [Float](repeating: 0, count: c.n * oh * ow * c.outputs)
        for n in 0..<c.n {
            for i in 0..<oh {
                for j in 0..<ow {
                    for o in 0..<c.outputs {
                        var sum = Double(bias[o])
                        for a in 0..<c.kh {
                            for b in 0..<c.kw {
                                let (u, v) = (i * c.stride + a - ph, j * c.stride + b - pw)
                                guard u >= 0, u < c.h, v >= 0, v < c.w else { continue }
                                for k in 0..<c.inputs {
                                    let weightIndex = ((o * c.inputs + k) * c.kh + a) * c.kw + b
                                    let xIndex = ((n * c.h + u) * c.w + v) * c.inputs + k
                                    sum += Double(x[xIndex] * weight[weightIndex])
                                }
                            }
                        }
                        y[((n * oh + i) * ow + j) * c.outputs + o] = Float(sum)
                    }
                }
            }
        }
        return ([c.n, oh, ow, c.outputs], y)
    }
}
