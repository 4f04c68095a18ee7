import CKernels

/// Attention of q [N,T,C] to k and v [N,S,C], C split into `heads`: softmax(q k^T / sqrt(C / heads)) v -> [N,T,C].
/// With `keyLengths`, item n sees only its first keyLengths[n] keys; with none, its result is zero.
package func attention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, keyLengths: [Int]? = nil
) -> Tensor {
    let engine = Engine.current
    let shape = AttentionShape("attention", q, k, v, heads)
    require(
        keyLengths.map { $0.count == shape.items && $0.allSatisfy { $0 >= 0 && $0 <= shape.keys } } ?? true,
        "attention: key lengths \(keyLengths ?? []) for keys \(k)")
    let y = Tensor(q.shape, q.type, engine)
    if shape.isSmall {
        attendFused(shape, q, k, v, keyLengths, y)
    } else {
        attendByMatmul(shape, q, k, v, keyLengths, y, engine)
    }
    engine.tape?.append(y) { dy, gradients in
        attentionBackward(shape, q, k, v, keyLengths, dy, &gradients)
    }
    return y
}

/// Attention over the frames of q, k, v [B,F,P,C] at each position -> [B,F,P,C].
package func temporalAttention(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int) -> Tensor {
    requireAlike("temporalAttention", q, k)
    requireAlike("temporalAttention", q, v)
    require(
        q.shape.count == 4 && heads > 0 && q.shape[3] % heads == 0, "temporalAttention: q \(q), \(heads) heads")
    let engine = Engine.current
    let (batch, frames, positions, channels) = (q.shape[0], q.shape[1], q.shape[2], q.shape[3])
    let width = channels / heads
    guard fitsFused(keys: frames, width: width), engine.tape == nil else {
        return temporalAttentionBySwapping(q, k, v, heads: heads)
    }
    let y = Tensor(q.shape, q.type, engine)
    for b in 0..<batch {
        for p in 0..<positions {
            let start = (b * frames * positions + p) * channels * q.type.width
            ck_attention(
                q.pointer + start, k.pointer + start, v.pointer + start, y.pointer + start, frames,
                positions * channels, frames, positions * channels, heads, width, q.type.code)
        }
    }
    return y
}

/// The same through `attention` with positions as items: how its gradient is found.
private func temporalAttentionBySwapping(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int) -> Tensor {
    let (batch, frames, positions, channels) = (q.shape[0], q.shape[1], q.shape[2], q.shape[3])
    func swapped(_ x: Tensor) -> Tensor { swapMiddleAxes(x).reshaped([batch * positions, frames, channels]) }
    let y = attention(swapped(q), swapped(k), swapped(v), heads: heads)
    return swapMiddleAxes(y.reshaped([batch, positions, frames, channels]))
}

/// Extents of an attention, checked.
private struct AttentionShape {
    let items, queries, keys, heads, width: Int
    let type: ElementType
    var channels: Int { heads * width }

    init(_ operation: String, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ heads: Int) {
        requireAlike(operation, k, v)
        require(
            q.shape.count == 3 && k.shape.count == 3 && q.type == k.type && q.shape[0] == k.shape[0]
                && q.shape[2] == k.shape[2] && heads > 0 && q.shape[2] % heads == 0,
            "\(operation): q \(q), k \(k), \(heads) heads")
        items = q.shape[0]
        queries = q.shape[1]
        keys = k.shape[1]
        self.heads = heads
        width = q.shape[2] / heads
        type = q.type
    }

    /// Where one fused loop in cache beats two matrix products and a softmax.
    var isSmall: Bool { keys <= 64 && fitsFused(keys: keys, width: width) }

    /// Items whose scores are worked on at a time: about half of a core's second-level cache.
    var itemsAtOnce: Int {
        let wanted = max(1, (512 << 10) / max(1, heads * queries * keys * 4))
        return (1...max(1, min(wanted, items))).last { items % $0 == 0 } ?? 1
    }

    /// Strides of [items, heads, tokens, width] in [items, tokens, heads * width].
    func rows(_ tokens: Int) -> MatrixProduct.Operand {
        .init(type: type, strides: [tokens * channels, width, channels, 1])
    }

    /// The same seen as [items, heads, width, tokens].
    func columns(_ tokens: Int) -> MatrixProduct.Operand {
        .init(type: type, strides: [tokens * channels, width, 1, channels])
    }

    /// Scores [items, heads, queries, keys], and the same seen as [items, heads, keys, queries].
    func scores(_ type: ElementType) -> MatrixProduct.Operand {
        .init(type: type, strides: [heads * queries * keys, queries * keys, keys, 1])
    }
    func scoresTransposed(_ type: ElementType) -> MatrixProduct.Operand {
        .init(type: type, strides: [heads * queries * keys, queries * keys, 1, keys])
    }

    var scale: Float { 1 / Float(width).squareRoot() }
}

private func fitsFused(keys: Int, width: Int) -> Bool {
    func roundedUp(_ n: Int) -> Int { (n + 15) / 16 * 16 }
    return roundedUp(keys) * roundedUp(width) <= CK_ATTENTION_SIZE
}

private func attendFused(
    _ shape: AttentionShape, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ keyLengths: [Int]?, _ y: Tensor
) {
    let bytes = shape.channels * shape.type.width
    for n in 0..<shape.items {
        let (query, key) = (n * shape.queries * bytes, n * shape.keys * bytes)
        ck_attention(
            q.pointer + query, k.pointer + key, v.pointer + key, y.pointer + query, shape.queries, shape.channels,
            keyLengths?[n] ?? shape.keys, shape.channels, shape.heads, shape.width, shape.type.code)
    }
}

private func attendByMatmul(
    _ shape: AttentionShape, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ keyLengths: [Int]?, _ y: Tensor,
    _ engine: Engine
) {
    let items = shape.itemsAtOnce
    let batch = (items, shape.heads)
    let scoring = engine.primitive(
        .matmul(
            MatrixProduct(
                a: shape.rows(shape.queries), b: shape.columns(shape.keys), c: shape.scores(.f32), batch: batch,
                m: shape.queries, n: shape.keys, k: shape.width)))
    let mixing = engine.primitive(
        .matmul(
            MatrixProduct(
                a: shape.scores(shape.type), b: shape.rows(shape.keys), c: shape.rows(shape.queries), batch: batch,
                m: shape.queries, n: shape.width, k: shape.keys)))
    let scores = Tensor([items, shape.heads, shape.queries, shape.keys], .f32, engine)
    let weights = shape.type == .f32 ? scores : Tensor(scores.shape, shape.type, engine)
    let bytes = shape.channels * shape.type.width
    for first in stride(from: 0, to: shape.items, by: items) {
        let (query, key) = (first * shape.queries * bytes, first * shape.keys * bytes)
        engine.execute(scoring, q.pointer + query, k.pointer + key, scores.pointer)
        softmaxRows(shape, scores, weights, keyLengths, first, items)
        engine.execute(mixing, weights.pointer, v.pointer + key, y.pointer + query)
    }
}

/// weights = softmax(scores) of `items` items from `first` on.
private func softmaxRows(
    _ shape: AttentionShape, _ scores: Tensor, _ weights: Tensor, _ keyLengths: [Int]?, _ first: Int, _ items: Int
) {
    let rows = shape.heads * shape.queries
    for n in 0..<items {
        let start = n * rows * shape.keys
        ck_softmax(
            scores.floats + start, weights.pointer + start * weights.type.width, rows, shape.keys,
            keyLengths?[first + n] ?? shape.keys, shape.scale, weights.type.code)
    }
}

private func attentionBackward(
    _ shape: AttentionShape, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ keyLengths: [Int]?, _ dy: Tensor,
    _ gradients: inout Gradients
) {
    let engine = Engine.current
    let batch = (shape.items, shape.heads)
    func product(
        _ a: MatrixProduct.Operand, _ b: MatrixProduct.Operand, _ c: MatrixProduct.Operand, _ m: Int, _ n: Int,
        _ k: Int, _ x: Tensor, _ y: Tensor, _ result: Tensor
    ) {
        let key = PrimitiveKey.matmul(MatrixProduct(a: a, b: b, c: c, batch: batch, m: m, n: n, k: k))
        engine.execute(engine.primitive(key), x.pointer, y.pointer, result.pointer)
    }
    let (T, S, D) = (shape.queries, shape.keys, shape.width)
    let (rowsT, rowsS) = (shape.rows(T), shape.rows(S))
    let scores = Tensor([shape.items, shape.heads, T, S], .f32, engine)
    let weights = shape.type == .f32 ? scores : Tensor(scores.shape, shape.type, engine)
    product(rowsT, shape.columns(S), shape.scores(.f32), T, S, D, q, k, scores)
    softmaxRows(shape, scores, weights, keyLengths, 0, shape.items)

    let dv = Tensor(v.shape, v.type, engine)
    product(shape.scoresTransposed(shape.type), rowsT, rowsS, S, D, T, weights, dy, dv)
    gradients.add(dv, to: v)

    let dweights = Tensor(scores.shape, .f32, engine)
    product(rowsT, shape.columns(S), shape.scores(.f32), T, S, D, dy, v, dweights)
    let dscores = Tensor(scores.shape, shape.type, engine)
    ck_softmax_backward(
        weights.pointer, dweights.floats, dscores.pointer, shape.items * shape.heads * T, S, shape.scale,
        shape.type.code)

    let dq = Tensor(q.shape, q.type, engine)
    product(shape.scores(shape.type), rowsS, rowsT, T, D, S, dscores, k, dq)
    gradients.add(dq, to: q)
    let dk = Tensor(k.shape, k.type, engine)
    product(shape.scoresTransposed(shape.type), rowsT, rowsS, S, D, T, dscores, q, dk)
    gradients.add(dk, to: k)
}
