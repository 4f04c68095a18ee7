import CDNNL
import CKernels

/// What follows a linear layer.
package enum Activation: Sendable {
    case none
    case silu
    /// The tanh approximation.
    case gelu

    var code: Int32? {
        switch self {
        case .none: nil
        case .silu: Int32(CK_SILU)
        case .gelu: Int32(CK_GELU)
        }
    }
}

/// x [..., I] times weight [O, I] transposed, plus bias [O] -> [..., O]; then the activation; then `adding`.
///
/// - Parameters:
///   - adding: what to add to the result, of its shape and type: the other path of a residual block.
package func linear(
    _ x: Tensor, _ weight: Parameter, _ bias: Parameter?, activation: Activation = .none,
    adding: Tensor? = nil
) -> Tensor {
    let axes = x.shape.count
    require(
        axes >= 1 && weight.shape.count == 2 && weight.shape[1] == x.shape[axes - 1]
            && (bias.map { $0.shape == [weight.shape[0]] } ?? true),
        "linear: x \(x) does not fit weight \(weight.name) \(weight.shape)\(bias.map { ", bias \($0.shape)" } ?? "")")
    let engine = Engine.current
    let rows = x.shape.product(0..<axes - 1)
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    let type = x.type
    let y = Tensor(x.shape.replacing(axes - 1, with: outputs), type, engine)
    let layer = engine.layer(
        .linear(
            type: x.type, outputType: type, rows: rows, inputs: inputs, outputs: outputs, bias: bias != nil), weight)
    engine.execute(layer.primitive, weights: layer.weights, x.pointer, bias?.pointer, y.pointer)
    guard let tape = engine.tape else {
        // In place: nobody has seen y yet.
        if let code = activation.code { ck_activation(y.pointer, y.pointer, y.count, code, y.type.code) }
        return addInPlace(y, adding)
    }
    tape.append(y) { dy, gradients in linearBackward(x, weight, bias, cast(dy, x.type), rows, &gradients) }
    return addInPlace(activate(y, activation), adding)
}

private func linearBackward(
    _ x: Tensor, _ weight: Parameter, _ bias: Parameter?, _ dy: Tensor, _ rows: Int, _ gradients: inout Gradients
) {
    let engine = Engine.current
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    if gradients.wants(x) {
        let dx = Tensor(x.shape, x.type, engine)
        let key = PrimitiveKey.linearBackwardData(type: x.type, rows: rows, inputs: inputs, outputs: outputs)
        let layer = engine.layer(key, weight)
        engine.execute(layer.primitive, weights: layer.weights, dy.pointer, dx.pointer)
        gradients.add(dx, to: x)
    }
    // dw [O,I] = dy^T [O,rows] x [rows,I]
    let dw = Tensor(weight.shape, .f32, engine)
    let product = MatrixProduct(
        a: .init(type: dy.type, strides: [0, 0, 1, outputs]), b: .init(type: x.type, strides: [0, 0, inputs, 1]),
        c: .init(type: .f32, strides: [0, 0, inputs, 1]), batch: (1, 1), m: outputs, n: inputs, k: rows)
    engine.execute(engine.primitive(.matmul(product)), dy.pointer, x.pointer, dw.pointer)
    gradients.add(dw, to: weight)
    if let bias {
        ck_sum_rows(dy.pointer, nil, gradients.accumulator(for: bias), 1, rows, outputs, 1, dy.type.code)
    }
}

/// A batched matrix product: c [b0,b1,m,n] = a [b0,b1,m,k] * b [b0,b1,k,n], each operand with its own strides.
struct MatrixProduct: Hashable {
    struct Operand: Hashable {
        let type: ElementType
        /// Elements between neighbours on each axis; the innermost two axes are those of the matrix.
        let strides: SIMD4<Int>
    }

    let a, b, c: Operand
    let b0, b1, m, n, k: Int

    init(a: Operand, b: Operand, c: Operand, batch: (Int, Int), m: Int, n: Int, k: Int) {
        // An axis of extent 1 may have any stride, and oneDNN wants to see that the matrix is dense.
        func dense(_ operand: Operand, _ rows: Int, _ columns: Int) -> Operand {
            var strides = operand.strides
            if batch.1 == 1 { strides[1] = max(rows * strides[2], columns * strides[3]) }
            if batch.0 == 1 { strides[0] = max(batch.1 * strides[1], rows * strides[2]) }
            return Operand(type: operand.type, strides: strides)
        }
        self.a = dense(a, m, k)
        self.b = dense(b, k, n)
        self.c = dense(c, m, n)
        (b0, b1) = batch
        (self.m, self.n, self.k) = (m, n, k)
    }

    var description: cdnnl_matmul {
        func four(_ s: SIMD4<Int>) -> (Int64, Int64, Int64, Int64) {
            (Int64(s[0]), Int64(s[1]), Int64(s[2]), Int64(s[3]))
        }
        return cdnnl_matmul(
            a_type: a.type.code, b_type: b.type.code, c_type: c.type.code, b0: Int64(b0), b1: Int64(b1), m: Int64(m),
            n: Int64(n), k: Int64(k), a_strides: four(a.strides), b_strides: four(b.strides), c_strides: four(c.strides)
        )
    }
}
