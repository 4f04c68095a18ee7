import CDNNL
import CKernels

/// Shape of a convolution over [N, H, W, I].
struct Convolution: Hashable {
    var type, outputType: ElementType
    var n, h, w, inputs, outputs, kh, kw, stride, ph, pw: Int

    var outputShape: Shape {
        [n, (h + 2 * ph - kh) / stride + 1, (w + 2 * pw - kw) / stride + 1, outputs]
    }

    /// Where to ask oneDNN 2.x for Winograd: it needs whole vectors of channels and copies to a blocked layout and back, and
    /// is then 1.2 to 1.9 times as fast as the direct f32 kernel, at 1e-6 relative error; but small pictures waste much of
    /// its 4x4 tiles. oneDNN 3 has none. The choice depends on the shape alone, so that equal work gives equal bits.
    var suitsWinograd: Bool {
        type == .f32 && outputType == .f32 && kh == 3 && kw == 3 && stride == 1 && ph == 1 && pw == 1
            && inputs % 16 == 0
            && outputs % 16 == 0 && min(inputs, outputs) >= 32 && min(h, w) >= 8
    }

    var description: cdnnl_convolution {
        cdnnl_convolution(
            type: type.code, y_type: outputType.code, n: Int32(n), h: Int32(h), w: Int32(w), ic: Int32(inputs),
            oc: Int32(outputs),
            kh: Int32(kh), kw: Int32(kw), stride: Int32(stride), ph: Int32(ph), pw: Int32(pw))
    }
}

/// Convolution of x [N,H,W,I] with weight [O,I,kh,kw] -> [N,H',W',O]. Padding with zeros, kh/2 and kw/2; H' is (H - 1) / stride + 1 for an
/// odd kh, and so is W'.
///
/// - Parameters:
///   - bias: [O]
///   - output: type of the result, x's unless given.
package func conv2d(
    _ x: Tensor, _ weight: Parameter, _ bias: Parameter, stride: Int = 1, output: ElementType? = nil
) -> Tensor {
    require(
        x.shape.count == 4 && weight.shape.count == 4 && weight.shape[1] == x.shape[3],
        "conv2d: x \(x) does not fit weight \(weight.name) \(weight.shape)")
    return convolve(
        x, weight, bias, kernel: (weight.shape[2], weight.shape[3]), stride: stride,
        padding: (weight.shape[2] / 2, weight.shape[3] / 2), output: output ?? x.type)
}

/// Convolution over the frames of x [B,F,P,I] with weight [O,I,k], [O,I,k,1] or [O,I,k,1,1] -> [B,F,P,O]; k is odd, F stays.
/// For oneDNN frames are the height and positions the width of an image.
///
/// - Parameters:
///   - bias: [O]
///   - adding: what to add to the result, of its shape and type: the other path of a residual block.
package func temporalConv(
    _ x: Tensor, _ weight: Parameter, _ bias: Parameter, adding: Tensor? = nil
) -> Tensor {
    require(
        x.shape.count == 4 && weight.shape.count >= 3 && weight.shape[1] == x.shape[3] && weight.shape[2] % 2 == 1
            && weight.shape.product == weight.shape.product(0..<3),
        "temporalConv: x \(x) does not fit weight \(weight.name) \(weight.shape)")
    let y = convolve(
        x, weight, bias, kernel: (weight.shape[2], 1), stride: 1, padding: (weight.shape[2] / 2, 0),
        output: x.type)
    return addInPlace(y, adding)
}

/// `conv2d(upsampleNearest2x(x), weight, bias)` of x [N,H,W,I] with weight [O,I,3,3] and bias [O] -> [N,2H,2W,O], in four ninths of its
/// products.
///
/// Of the nine pixels under the kernel some are the same pixel of x. What is left is a 2x2 kernel, another one for each of the
/// four places of a result's pixel in its 2x2 block. All four are one convolution to 4 O channels, whose result is then spread.
package func upsampleConv2d(_ x: Tensor, _ weight: Parameter, _ bias: Parameter) -> Tensor {
    let engine = Engine.current
    if engine.tape != nil { return conv2d(upsampleNearest2x(x), weight, bias) }
    require(
        x.shape.count == 4 && weight.shape.count == 4 && Array(weight.shape[1...]) == [x.shape[3], 3, 3]
            && bias.shape == [weight.shape[0]],
        "upsampleConv2d: x \(x) does not fit weight \(weight.name) \(weight.shape)")
    let (n, h, w, outputs) = (x.shape[0], x.shape[1], x.shape[2], weight.shape[0])
    let shape = Convolution(
        type: x.type, outputType: x.type, n: n, h: h, w: w, inputs: x.shape[3], outputs: 4 * outputs, kh: 2, kw: 2,
        stride: 1, ph: 1, pw: 1)
    let one = Tensor(bias.values, shape: bias.shape)
    let biases = concat(items: [one, one, one, one])
    let places = Tensor(shape.outputShape, x.type, engine)
    let layer = engine.layer(.upsampleConvolution(shape), weight)
    engine.execute(layer.primitive, weights: layer.weights, x.pointer, biases.pointer, places.pointer)
    let y = Tensor([n, 2 * h, 2 * w, outputs], x.type, engine)
    let pixel = outputs * x.type.width
    for row in 0..<n * h {
        for (dy, dx) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            // A place in the lower or right half of a block begins one pixel later, since x is padded on all sides.
            let from = ((row / h * (h + 1) + row % h + dy) * (w + 1) + dx) * 4 + 2 * dy + dx
            let to = (2 * row + dy) * 2 * w + dx
            ck_copy_rows(places.pointer + from * pixel, 4 * pixel, y.pointer + to * pixel, 2 * pixel, pixel, w)
        }
    }
    return y
}

/// A kernel [O,I,3,3] as the four [4 O,I,2,2] of `upsampleConv2d`.
func upsamplingKernels(_ weight: Parameter) -> [Float] {
    // Which of the kernel's rows (or columns) fall on the same pixel, for the upper and for the lower half of a block.
    let rows: [[Range<Int>]] = [[0..<1, 1..<3], [0..<2, 2..<3]]
    let kernels = stride(from: 0, to: weight.shape.product, by: 9)
    var result: [Float] = []
    result.reserveCapacity(weight.shape.product / 9 * 16)
    for (dy, dx) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        for kernel in kernels {
            for a in rows[dy] {
                for b in rows[dx] {
                    var sum: Float = 0
                    for i in a { for j in b { sum += weight.pointer[kernel + 3 * i + j] } }
                    result.append(sum)
                }
            }
        }
    }
    return result
}

private func convolve(
    _ x: Tensor, _ weight: Parameter, _ bias: Parameter, kernel: (Int, Int), stride: Int, padding: (Int, Int),
    output: ElementType
) -> Tensor {
    require(
        bias.shape == [weight.shape[0]],
        "convolution \(weight.name): bias \(bias.shape) for weight \(weight.shape)")
    require(
        x.shape[1] + 2 * padding.0 >= kernel.0 && x.shape[2] + 2 * padding.1 >= kernel.1 && stride > 0,
        "convolution \(weight.name): \(x) is smaller than the kernel \(kernel)")
    let engine = Engine.current
    let shape = Convolution(
        type: x.type, outputType: output, n: x.shape[0], h: x.shape[1], w: x.shape[2], inputs: x.shape[3],
        outputs: weight.shape[0], kh: kernel.0, kw: kernel.1, stride: stride, ph: padding.0, pw: padding.1)
    let y = Tensor(shape.outputShape, output, engine)
    let layer = engine.layer(.convolution(shape), weight)
    engine.execute(layer.primitive, weights: layer.weights, x.pointer, bias.pointer, y.pointer)
    engine.tape?.append(y) { dy, gradients in
        var backward = shape
        backward.outputType = x.type
        convolutionBackward(backward, x, weight, bias, cast(dy, x.type), &gradients)
    }
    return y
}

private func convolutionBackward(
    _ shape: Convolution, _ x: Tensor, _ weight: Parameter, _ bias: Parameter, _ dy: Tensor,
    _ gradients: inout Gradients
) {
    let engine = Engine.current
    if gradients.wants(x) {
        let dx = Tensor(x.shape, x.type, engine)
        let layer = engine.layer(.convolutionBackwardData(shape), weight)
        engine.execute(layer.primitive, weights: layer.weights, dy.pointer, dx.pointer)
        gradients.add(dx, to: x)
    }
    let dw = Tensor(weight.shape, .f32, engine)
    let db = Tensor(bias.shape, .f32, engine)
    engine.execute(
        engine.primitive(.convolutionBackwardWeights(shape)), x.pointer, dy.pointer, dw.pointer, db.pointer)
    gradients.add(dw, to: weight)
    gradients.add(db, to: bias)
}
