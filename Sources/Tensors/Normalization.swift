import CKernels

/// Group normalisation of x [N,...,C] over the positions and the C/groups channels of each group, per item; then silu if
/// asked for, in the same pass.
package func groupNorm(
    _ x: Tensor, groups: Int, _ weight: Parameter, _ bias: Parameter, silu: Bool = false
) -> Tensor {
    let (channels, eps) = (x.shape.last ?? 0, Float(1e-5))
    require(
        x.shape.count >= 2 && groups > 0 && channels % groups == 0 && weight.shape == [channels]
            && bias.shape == [channels],
        "groupNorm: x \(x), \(groups) groups, weight \(weight.name) \(weight.shape)")
    let engine = Engine.current
    let items = x.shape[0]
    let positions = x.shape.product(1..<x.shape.count - 1)
    let y = Tensor(x.shape, x.type, engine)
    guard let tape = engine.tape else {
        ck_group_norm(
            x.pointer, y.pointer, items, positions, channels, groups, weight.pointer, bias.pointer, eps, silu, nil,
            nil, x.type.code)
        return y
    }
    let mean = Tensor([items, groups], .f32, engine)
    let rstd = Tensor([items, groups], .f32, engine)
    ck_group_norm(
        x.pointer, y.pointer, items, positions, channels, groups, weight.pointer, bias.pointer, eps, silu,
        mean.floats, rstd.floats, x.type.code)
    tape.append(y) { dy, gradients in
        let dx = Tensor(x.shape, x.type, Engine.current)
        ck_group_norm_backward(
            x.pointer, dy.pointer, dx.pointer, items, positions, channels, groups, weight.pointer, bias.pointer, silu,
            mean.floats, rstd.floats, gradients.accumulator(for: weight),
            gradients.accumulator(for: bias), x.type.code)
        gradients.add(dx, to: x)
    }
    return y
}

/// Normalisation of x [...,C] over C to mean 0 and variance 1, then times weight [C] plus bias [C] -> [...,C].
package func layerNorm(_ x: Tensor, _ weight: Parameter, _ bias: Parameter) -> Tensor {
    let (channels, eps) = (x.shape.last ?? 0, Float(1e-5))
    require(
        weight.shape == [channels] && bias.shape == [channels],
        "layerNorm: x \(x), weight \(weight.name) \(weight.shape)")
    let engine = Engine.current
    let rows = channels == 0 ? 0 : x.count / channels
    let y = Tensor(x.shape, x.type, engine)
    ck_layer_norm(x.pointer, y.pointer, rows, channels, weight.pointer, bias.pointer, eps, x.type.code)
    engine.tape?.append(y) { dy, gradients in
        let dx = Tensor(x.shape, x.type, Engine.current)
        ck_layer_norm_backward(
            x.pointer, dy.pointer, dx.pointer, rows, channels, weight.pointer, eps, gradients.accumulator(for: weight),
            gradients.accumulator(for: bias), x.type.code)
        gradients.add(dx, to: x)
    }
    return y
}
