import CKernels

/// a [...,A] and b [...,B] side by side on the last axis -> [...,A+B].
package func concat(_ a: Tensor, _ b: Tensor) -> Tensor {
    let axis = a.shape.count - 1
    require(
        axis >= 0 && a.type == b.type && b.shape.count == a.shape.count
            && a.shape.replacing(axis, with: b.shape[axis]) == b.shape, "concat: \(a) and \(b)")
    let engine = Engine.current
    let (left, right) = (a.shape[axis], b.shape[axis])
    let y = Tensor(a.shape.replacing(axis, with: left + right), a.type, engine)
    let rows = a.shape.product(0..<axis)
    let (leftBytes, rightBytes) = (left * a.type.width, right * a.type.width)
    ck_copy_rows(a.pointer, leftBytes, y.pointer, leftBytes + rightBytes, leftBytes, rows)
    ck_copy_rows(b.pointer, rightBytes, y.pointer + leftBytes, leftBytes + rightBytes, rightBytes, rows)
    engine.tape?.append(y) { dy, gradients in
        gradients.add(slice(dy, axis: axis, 0..<left), to: a)
        gradients.add(slice(dy, axis: axis, left..<left + right), to: b)
    }
    return y
}

/// Tensors [N1,...], [N2,...] … of one type one after another on the first axis -> [N1+N2+…,...].
package func concat(items: [Tensor]) -> Tensor {
    require(!items.isEmpty && !items[0].shape.isEmpty, "concat(items:): nothing to join")
    let first = items[0]
    require(
        items.allSatisfy { item in
            item.type == first.type && item.shape.count == first.shape.count
                && item.shape.replacing(0, with: first.shape[0]) == first.shape
        }, "concat(items:): \(items.map(\.description).joined(separator: " and "))")
    let engine = Engine.current
    let y = Tensor(first.shape.replacing(0, with: items.reduce(0) { $0 + $1.shape[0] }), first.type, engine)
    var offset = 0
    for item in items {
        let bytes = item.count * item.type.width
        (y.pointer + offset).copyMemory(from: item.pointer, byteCount: bytes)
        offset += bytes
    }
    engine.tape?.append(y) { dy, gradients in
        var start = 0
        for item in items {
            gradients.add(slice(dy, axis: 0, start..<start + item.shape[0]), to: item)
            start += item.shape[0]
        }
    }
    return y
}

/// The part of x whose index on `axis` lies in `range`, as a copy: x's shape, but for `range.count` on that axis.
package func slice(_ x: Tensor, axis: Int, _ range: Range<Int>) -> Tensor {
    require(
        axis >= 0 && axis < x.shape.count && range.lowerBound >= 0 && range.upperBound <= x.shape[axis],
        "slice: \(range) on axis \(axis) of \(x)")
    let engine = Engine.current
    let y = Tensor(x.shape.replacing(axis, with: range.count), x.type, engine)
    let outer = x.shape.product(0..<axis)
    let inner = x.shape.product(axis + 1..<x.shape.count) * x.type.width
    let (whole, start, part) = (x.shape[axis] * inner, range.lowerBound * inner, range.count * inner)
    ck_copy_rows(x.pointer + start, whole, y.pointer, part, part, outer)
    engine.tape?.append(y) { dy, gradients in
        let dx = Tensor(zeros: x.shape, type: x.type)
        ck_copy_rows(dy.pointer, part, dx.pointer + start, whole, part, outer)
        gradients.add(dx, to: x)
    }
    return y
}

/// Items of x [M,...] by index -> [items.count,...]; an index may come more than once.
package func gather(_ x: Tensor, _ items: [Int]) -> Tensor {
    require(
        !x.shape.isEmpty && items.allSatisfy { $0 >= 0 && $0 < x.shape[0] }, "gather: items \(items) of \(x)")
    let engine = Engine.current
    let y = Tensor(x.shape.replacing(0, with: items.count), x.type, engine)
    let size = x.shape.product(1..<x.shape.count)
    let bytes = size * x.type.width
    for (i, item) in items.enumerated() {
        (y.pointer + i * bytes).copyMemory(from: x.pointer + item * bytes, byteCount: bytes)
    }
    engine.tape?.append(y) { dy, gradients in
        let dx = Tensor(zeros: x.shape, type: x.type)
        for (i, item) in items.enumerated() {
            let target = dx.pointer + item * bytes
            ck_combine(target, dy.pointer + i * bytes, target, 1, 1, size, x.type.code)
        }
        gradients.add(dx, to: x)
    }
    return y
}

/// Rows of table [V,D] by index -> [ids.count,D], f32.
package func embedding(_ table: Parameter, _ ids: [Int]) -> Tensor {
    require(
        table.shape.count == 2 && ids.allSatisfy { $0 >= 0 && $0 < table.shape[0] },
        "embedding: ids \(ids) of \(table.name) \(table.shape)")
    let engine = Engine.current
    let width = table.shape[1]
    let y = Tensor([ids.count, width], .f32, engine)
    for (i, id) in ids.enumerated() {
        ck_from_f32(
            table.pointer + id * width, y.pointer + i * width * ElementType.f32.width, width, ElementType.f32.code)
    }
    engine.tape?.append(y) { dy, gradients in
        let sums = gradients.accumulator(for: table)
        for (i, id) in ids.enumerated() {
            let target = sums + id * width
            ck_combine(target, dy.floats + i * width, target, 1, 1, width, ElementType.f32.code)
        }
    }
    return y
}

/// Each pixel of x [N,H,W,C] four times -> [N,2H,2W,C].
package func upsampleNearest2x(_ x: Tensor) -> Tensor {
    require(x.shape.count == 4, "upsampleNearest2x: x \(x)")
    let engine = Engine.current
    let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let y = Tensor([n, 2 * h, 2 * w, c], x.type, engine)
    ck_upsample(x.pointer, y.pointer, n, h, w, c * x.type.width)
    engine.tape?.append(y) { dy, gradients in
        let dx = Tensor(x.shape, x.type, Engine.current)
        ck_upsample_backward(dy.pointer, dx.pointer, n, h, w, c, x.type.code)
        gradients.add(dx, to: x)
    }
    return y
}

/// Channels to space: x [N,H,W,C*r*r] -> [N,H*r,W*r,C], channel c*r*r + dy*r + dx to pixel (dy, dx) as in PyTorch.
package func pixelShuffle(_ x: Tensor, by r: Int) -> Tensor {
    require(x.shape.count == 4 && r > 0 && x.shape[3] % (r * r) == 0, "pixelShuffle by \(r): x \(x)")
    let engine = Engine.current
    let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3] / (r * r))
    let y = Tensor([n, h * r, w * r, c], x.type, engine)
    ck_pixel_shuffle(x.pointer, y.pointer, n, h, w, c, r, x.type.code)
    engine.tape?.append(y) { dy, gradients in gradients.add(pixelUnshuffle(dy, by: r), to: x) }
    return y
}

/// Space to channels: x [N,H,W,C] -> [N,H/r,W/r,C*r*r], the inverse of `pixelShuffle`.
package func pixelUnshuffle(_ x: Tensor, by r: Int) -> Tensor {
    require(
        x.shape.count == 4 && r > 0 && x.shape[1] % r == 0 && x.shape[2] % r == 0, "pixelUnshuffle by \(r): x \(x)")
    let engine = Engine.current
    let (n, h, w, c) = (x.shape[0], x.shape[1] / r, x.shape[2] / r, x.shape[3])
    let y = Tensor([n, h, w, c * r * r], x.type, engine)
    ck_pixel_unshuffle(x.pointer, y.pointer, n, h, w, c, r, x.type.code)
    engine.tape?.append(y) { dy, gradients in gradients.add(pixelShuffle(dy, by: r), to: x) }
    return y
}

/// x [A,B,C,D] -> [A,C,B,D]
func swapMiddleAxes(_ x: Tensor) -> Tensor {
    require(x.shape.count == 4, "swapMiddleAxes: x \(x)")
    let engine = Engine.current
    let (a, b, c, d) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let y = Tensor([a, c, b, d], x.type, engine)
    ck_swap_axes(x.pointer, y.pointer, a, b, c, d * x.type.width)
    engine.tape?.append(y) { dy, gradients in gradients.add(swapMiddleAxes(dy), to: x) }
    return y
}
