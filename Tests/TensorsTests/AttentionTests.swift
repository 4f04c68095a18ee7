import Foundation
import Testing

@testable import Tensors

@Suite struct AttentionTests {
    struct Case: Sendable { let n, t, s, heads, width: Int }

    static let cases = [
        Case(n: 2, t: 15, s: 15, heads: 2, width: 8),
        Case(n: 3, t: 7, s: 5, heads: 1, width: 20),
        Case(n: 4, t: 60, s: 60, heads: 2, width: 16),
        Case(n: 2, t: 17, s: 70, heads: 2, width: 32),
        Case(n: 4, t: 9, s: 300, heads: 1, width: 12),
    ]

    @Test("Attention mixes values by the softmax of scores", arguments: cases, types)
    func all(_ c: Case, _ type: ElementType) {
        let (q, k, v) = inputs(c, type)
        let expected = reference(q.values(), k.values(), v.values(), c, [Int](repeating: c.s, count: c.n))
        expectClose(attention(q, k, v, heads: c.heads), q.shape, expected)
    }

    @Test("Keys beyond an item's length are not seen; without keys the result is zero", arguments: cases, types)
    func lengths(_ c: Case, _ type: ElementType) {
        let (q, k, v) = inputs(c, type)
        let lengths = (0..<c.n).map { $0 * c.s / c.n }
        let expected = reference(q.values(), k.values(), v.values(), c, lengths)
        expectClose(attention(q, k, v, heads: c.heads, keyLengths: lengths), q.shape, expected)
    }

    @Test("Temporal attention is attention over frames at each position", arguments: [3, 16, 20], types)
    func temporal(_ frames: Int, _ type: ElementType) {
        let shape: Shape = [2, frames, 6, 24]
        let (q, k, v) = (tensor(shape, 1, type), tensor(shape, 2, type), tensor(shape, 3, type))
        func items(_ x: Tensor) -> [Float] { swapMiddleAxes(x).values() }
        let c = Case(n: 12, t: frames, s: frames, heads: 2, width: 12)
        let expected = reference(items(q), items(k), items(v), c, [Int](repeating: frames, count: 12))
        let y = temporalAttention(q, k, v, heads: 2)
        #expect(y.shape == shape)
        expectClose(swapMiddleAxes(y), [2, 6, frames, 24], expected)
    }

    @Test("Large scores do not overflow")
    func large() {
        let q = Tensor([100, 0, 0, 100], shape: [1, 2, 2])
        let y = attention(q, q, q, heads: 1).values()
        #expect(relativeError(y, [100, 0, 0, 100]) < 1e-30)
    }

    func inputs(_ c: Case, _ type: ElementType) -> (Tensor, Tensor, Tensor) {
        let channels = c.heads * c.width
        return (
            tensor([c.n, c.t, channels], 1, type, scale: 2), tensor([c.n, c.s, channels], 2, type, scale: 2),
            tensor([c.n, c.s, channels], 3, type)
        )
    }

    func reference(_ q: [Float], _ k: [Float], _ v: [Float], _ c: Case, _ lengths: [Int]) -> [Float] {
        let channels = c.heads * c.width
        var y = [Float](repeating: 0, count: q.count)
        for n in 0..<c.n {
            for head in 0..<c.heads {
                for t in 0..<c.t {
                    let query = (n * c.t + t) * channels + head * c.width
                    let scores = (0..<lengths[n]).map { s -> Double in
                        let key = (n * c.s + s) * channels + head * c.width
                        let dot = (0..<c.width).reduce(0.0) { $0 + Double(q[query + $1] * k[key + $1]) }
                        return dot / Double(c.width).squareRoot()
                    }
                    let top = scores.max() ?? 0
                    let weights = scores.map { exp($0 - top) }
                    let sum = weights.reduce(0, +)
                    for d in 0..<c.width {
                        let mixed = (0..<lengths[n]).reduce(0.0) {
                            $0 + weights[$1] * Double(v[(n * c.s + $1) * channels + head * c.width + d])
                        }
                        y[query + d] = lengths[n] == 0 ? 0 : Float(mixed / sum)
                    }
                }
            }
        }
        return y
    }
}
