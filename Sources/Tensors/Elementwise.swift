import CKernels

/// x * sigmoid(x), for x of any shape, which the result has too.
package func silu(_ x: Tensor) -> Tensor { activate(x, .silu) }

func activate(_ x: Tensor, _ activation: Activation) -> Tensor {
    guard let code = activation.code else { return x }
    let engine = Engine.current
    let y = Tensor(x.shape, x.type, engine)
    ck_activation(x.pointer, y.pointer, x.count, code, x.type.code)
    engine.tape?.append(y) { dy, gradients in
        let dx = Tensor(x.shape, x.type, Engine.current)
        ck_activation_backward(x.pointer, dy.pointer, dx.pointer, x.count, code, x.type.code)
        gradients.add(dx, to: x)
    }
    return y
}

/// x * factor, for x of any shape, which the result has too.
package func scaled(_ x: Tensor, by factor: Float) -> Tensor {
    let engine = Engine.current
    let y = Tensor(x.shape, x.type, engine)
    ck_scale(x.pointer, y.pointer, factor, x.count, x.type.code)
    engine.tape?.append(y) { dy, gradients in gradients.add(scaled(dy, by: factor), to: x) }
    return y
}

/// a + b, of one shape and type.
package func add(_ a: Tensor, _ b: Tensor) -> Tensor {
    requireAlike("add", a, b)
    let engine = Engine.current
    let y = Tensor(a.shape, a.type, engine)
    ck_combine(a.pointer, b.pointer, y.pointer, 1, 1, a.count, a.type.code)
    engine.tape?.append(y) { dy, gradients in
        gradients.add(dy, to: a)
        gradients.add(dy, to: b)
    }
    return y
}

/// y + other, in y's own memory where nothing else has seen it yet.
func addInPlace(_ y: Tensor, _ other: Tensor?) -> Tensor {
    guard let other else { return y }
    if Engine.current.tape != nil { return add(y, other) }
    requireAlike("adding", y, other)
    ck_combine(y.pointer, other.pointer, y.pointer, 1, 1, y.count, y.type.code)
    return y
}

/// x [N,...,C] + e [M,C] at every position; item n takes row n % M of e, so that one row can serve all items. e may be f32
/// where x is not.
package func addPerItem(_ x: Tensor, _ e: Tensor) -> Tensor {
    let (items, positions, channels) = requireRows("addPerItem", x, e)
    let engine = Engine.current
    let rows = e.shape[0]
    let y = Tensor(x.shape, x.type, engine)
    ck_add_rows(x.pointer, widened(e).floats, y.pointer, items, positions, channels, rows, x.type.code)
    engine.tape?.append(y) { dy, gradients in
        gradients.add(dy, to: x)
        gradients.add(sumPerItem(dy, nil, rows: rows, positions, e.type), to: e)
    }
    return y
}

/// h * scale + shift + h, all of one shape: how NUWA-XL injects a condition (equations 10 and 11).
package func modulate(_ h: Tensor, scale: Tensor, shift: Tensor) -> Tensor {
    requireAlike("modulate", h, scale)
    requireAlike("modulate", h, shift)
    let engine = Engine.current
    let y = Tensor(h.shape, h.type, engine)
    ck_modulate(h.pointer, scale.pointer, shift.pointer, y.pointer, h.count, h.type.code)
    engine.tape?.append(y) { dy, gradients in
        let engine = Engine.current
        let dh = Tensor(h.shape, h.type, engine)
        let dscale = Tensor(h.shape, h.type, engine)
        ck_modulate_backward(
            h.pointer, scale.pointer, dy.pointer, dh.pointer, dscale.pointer, h.count, h.type.code)
        gradients.add(dh, to: h)
        gradients.add(dscale, to: scale)
        gradients.add(dy, to: shift)
    }
    return y
}

/// h * scale + shift + h with scale and shift [M,C] for h [N,...,C]; item n takes row n % M. Both may be f32 where h is not.
package func modulatePerItem(_ h: Tensor, scale: Tensor, shift: Tensor) -> Tensor {
    requireAlike("modulatePerItem", scale, shift)
    let (items, positions, channels) = requireRows("modulatePerItem", h, scale)
    let engine = Engine.current
    let rows = scale.shape[0]
    let y = Tensor(h.shape, h.type, engine)
    let (wideScale, wideShift) = (widened(scale), widened(shift))
    ck_modulate_rows(
        h.pointer, wideScale.floats, wideShift.floats, y.pointer, items, positions, channels, rows, h.type.code)
    engine.tape?.append(y) { dy, gradients in
        let engine = Engine.current
        let dh = Tensor(h.shape, h.type, engine)
        let none = Tensor(zeros: scale.shape)
        ck_modulate_rows(
            dy.pointer, wideScale.floats, none.floats, dh.pointer, items, positions, channels, rows, h.type.code)
        gradients.add(dh, to: h)
        gradients.add(sumPerItem(dy, h, rows: rows, positions, scale.type), to: scale)
        gradients.add(sumPerItem(dy, nil, rows: rows, positions, shift.type), to: shift)
    }
    return y
}

/// Sum over positions, and over items equal modulo `rows`, of x or of x * z -> [rows,C].
private func sumPerItem(_ x: Tensor, _ z: Tensor?, rows: Int, _ positions: Int, _ type: ElementType) -> Tensor {
    let channels = x.shape.last!
    let sums = Tensor(zeros: [rows, channels])
    ck_sum_rows(x.pointer, z?.pointer, sums.floats, x.shape[0], positions, channels, rows, x.type.code)
    return cast(sums, type)
}

/// x in another element type, rounded to the nearest.
package func cast(_ x: Tensor, _ type: ElementType) -> Tensor {
    if x.type == type { return x }
    let y = converted(x, type)
    Engine.current.tape?.append(y) { dy, gradients in gradients.add(cast(dy, x.type), to: x) }
    return y
}

/// x in f32, as a detail of an operation that records itself.
private func widened(_ x: Tensor) -> Tensor { x.type == .f32 ? x : converted(x, .f32) }

private func converted(_ x: Tensor, _ type: ElementType) -> Tensor {
    let y = Tensor(x.shape, type, Engine.current)
    if type == .f32 {
        ck_to_f32(x.pointer, y.floats, x.count, x.type.code)
    } else {
        ck_from_f32(x.floats, y.pointer, x.count, type.code)
    }
    return y
}

func requireAlike(_ operation: String, _ a: Tensor, _ b: Tensor) {
    require(a.shape == b.shape && a.type == b.type, "\(operation): \(a) and \(b) should be alike")
}

private func requireRows(_ operation: String, _ x: Tensor, _ e: Tensor) -> (items: Int, positions: Int, channels: Int) {
    let axes = x.shape.count
    require(
        axes >= 2 && e.shape.count == 2 && (e.type == x.type || e.type == .f32) && e.shape[1] == x.shape[axes - 1]
            && e.shape[0] > 0
            && x.shape[0] % e.shape[0] == 0, "\(operation): x \(x) does not fit \(e)")
    return (x.shape[0], x.shape.product(1..<axes - 1), x.shape[axes - 1])
}

extension Tensor {
    var floats: UnsafeMutablePointer<Float> {
        require(type == .f32, "f32 elements of \(self)")
        return pointer.assumingMemoryBound(to: Float.self)
    }
}
