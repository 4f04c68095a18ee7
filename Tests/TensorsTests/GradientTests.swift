import Testing

@testable import Tensors

/// Each operation's gradient, by every input and parameter, against finite differences in f32.
@Suite struct GradientTests {
    @Test("conv2d", arguments: [(4, 8, 1), (16, 16, 1), (12, 4, 2)])
    func convolution(_ extents: (Int, Int, Int)) {
        let (inputs, outputs, stride) = extents
        let weight = parameter([outputs, inputs, 3, 3], 1)
        let bias = parameter([outputs], 2)
        check([tensor([2, 3, 5, inputs], 3)], [weight, bias]) { conv2d($0[0], weight, bias, stride: stride) }
    }

    @Test("upsampleConv2d")
    func upsampled() {
        let weight = parameter([6, 4, 3, 3], 1)
        let bias = parameter([6], 2)
        check([tensor([2, 2, 3, 4], 3)], [weight, bias]) { upsampleConv2d($0[0], weight, bias) }
    }

    @Test("temporalConv")
    func temporal() {
        let weight = parameter([6, 4, 3], 1)
        let bias = parameter([6], 2)
        check([tensor([2, 4, 3, 4], 3), tensor([2, 4, 3, 6], 4)], [weight, bias]) {
            temporalConv($0[0], weight, bias, adding: $0[1])
        }
    }

    @Test("linear, with each activation", arguments: [Activation.none, .silu, .gelu])
    func linears(_ activation: Activation) {
        let weight = parameter([6, 5], 1)
        let bias = parameter([6], 2)
        check([tensor([3, 4, 5], 3), tensor([3, 4, 6], 4)], [weight, bias]) {
            linear($0[0], weight, bias, activation: activation, adding: $0[1])
        }
    }

    @Test("A square linear layer: its weights and their transpose are not confused")
    func squareLinear() {
        let weight = parameter([16, 16], 1)
        check([tensor([8, 16], 2)], [weight]) { linear(linear($0[0], weight, nil), weight, nil) }
    }

    @Test("groupNorm", arguments: [false, true])
    func groupNorms(_ silu: Bool) {
        let weight = parameter([20], 1, around: 1)
        let bias = parameter([20], 2)
        check([tensor([2, 3, 2, 20], 3)], [weight, bias]) { groupNorm($0[0], groups: 5, weight, bias, silu: silu) }
    }

    @Test("layerNorm")
    func layerNorms() {
        let weight = parameter([20], 1, around: 1)
        let bias = parameter([20], 2)
        check([tensor([3, 20], 3)], [weight, bias]) { layerNorm($0[0], weight, bias) }
    }

    @Test("silu, gelu, scaled, add, modulate")
    func elementwise() {
        let (a, b, c) = (tensor([3, 2, 5], 1), tensor([3, 2, 5], 2), tensor([3, 2, 5], 3))
        check([a]) { silu($0[0]) }
        check([a]) { activate($0[0], .gelu) }
        check([a]) { scaled($0[0], by: 2.5) }
        check([a, b]) { add($0[0], $0[1]) }
        check([a]) { add($0[0], $0[0]) }
        check([a, b, c]) { modulate($0[0], scale: $0[1], shift: $0[2]) }
    }

    @Test("addPerItem, modulatePerItem")
    func rows() {
        let (x, e, f) = (tensor([4, 3, 5], 1), tensor([2, 5], 2), tensor([2, 5], 3))
        check([x, e]) { addPerItem($0[0], $0[1]) }
        check([x, e, f]) { modulatePerItem($0[0], scale: $0[1], shift: $0[2]) }
    }

    @Test("attention, whole and with key lengths", arguments: [nil, [2, 4, 0]])
    func attentions(_ lengths: [Int]?) {
        let inputs = [tensor([3, 3, 8], 1), tensor([3, 4, 8], 2), tensor([3, 4, 8], 3)]
        check(inputs) { attention($0[0], $0[1], $0[2], heads: 2, keyLengths: lengths) }
    }

    @Test("attention to contexts of any length", arguments: [(16, 7), (16, 9), (15, 16), (240, 12)])
    func crossAttentions(_ extents: (Int, Int)) {
        let (queries, keys) = extents
        let inputs = [tensor([4, queries, 16], 1), tensor([4, keys, 16], 2), tensor([4, keys, 16], 3)]
        check(inputs) { attention($0[0], $0[1], $0[2], heads: 2, keyLengths: [keys, 3, 5, 1]) }
    }

    @Test("temporalAttention")
    func temporalAttentions() {
        let inputs = (1...3).map { tensor([2, 4, 3, 8], UInt64($0)) }
        check(inputs) { temporalAttention($0[0], $0[1], $0[2], heads: 2) }
    }

    @Test("concat, slice, gather, embedding, upsample, shuffles, reshape")
    func layout() {
        let table = parameter([4, 3], 5)
        let (a, b, picture) = (tensor([3, 2, 4], 1), tensor([3, 2, 3], 2), tensor([2, 2, 4, 4], 3))
        check([a, b]) { concat($0[0], $0[1]) }
        check([a, a]) { concat(items: [$0[0], $0[1]]) }
        check([a]) { slice($0[0], axis: 1, 1..<2) }
        check([a]) { gather($0[0], [2, 0, 2]) }
        check([], [table]) { _ in embedding(table, [3, 1, 3]) }
        check([picture]) { upsampleNearest2x($0[0]) }
        check([picture]) { pixelShuffle($0[0], by: 2) }
        check([picture]) { pixelUnshuffle($0[0], by: 2) }
        check([picture]) { swapMiddleAxes($0[0]) }
        check([a]) { silu($0[0].reshaped([6, 4])) }
    }

    @Test("A residual block: gradients of several paths add up")
    func block() {
        let (first, second) = (parameter([8, 8, 3, 3], 1, scale: 0.3), parameter([8, 8, 3, 3], 2, scale: 0.3))
        let (weight, bias) = (parameter([8], 3, around: 1), parameter([8], 4))
        check([tensor([2, 3, 3, 8], 5)], [first, second, weight, bias]) { inputs in
            let h = conv2d(groupNorm(inputs[0], groups: 2, weight, bias, silu: true), first, bias)
            return add(inputs[0], conv2d(groupNorm(h, groups: 2, weight, bias, silu: true), second, bias))
        }
    }

    @Test("bf16 gradients are those of f32, to bf16's precision", .enabled(if: Engine.supportsBF16))
    func halfPrecision() {
        let weight = parameter([16, 16, 3, 3], 1, scale: 0.1)
        let (scale, bias) = (parameter([16], 2, around: 1), parameter([16], 3))
        func gradients(_ type: ElementType) -> [[Float]] {
            let x = tensor([2, 4, 4, 16], 4, type)
            let (y, tape) = Tape.record(watching: [x]) {
                let h = conv2d(groupNorm(x, groups: 4, scale, bias, silu: true), weight, bias)
                let tokens = h.reshaped([2, 16, 16])
                return attention(tokens, tokens, tokens, heads: 2)
            }
            let found = tape.backward(from: y, seed: tensor(y.shape, 5, type))
            return [found[x]!, found[weight]!, found[scale]!, found[bias]!].map { $0.values() }
        }
        for (half, full) in zip(gradients(.bf16), gradients(.f32)) { #expect(relativeError(half, full) < 3e-2) }
    }

    @Test("Of several outputs at once, one on the way to another, the gradients are added up")
    func severalOutputs() {
        let weight = parameter([6, 5], 1)
        let x = tensor([3, 5], 2)
        let seeds = [tensor([3, 6], 3), tensor([3, 6], 4)]
        func gradients(_ places: [Int]) -> [[Float]] {
            let (outputs, tape) = Tape.record(watching: [x]) {
                let first = linear(x, weight, nil)
                return [first, activate(first, .gelu)]
            }
            let found = tape.backward(from: places.map { (outputs[$0], seeds[$0]) })
            return [found[x]!, found[weight]!].map { $0.values() }
        }
        let (first, second) = (gradients([0]), gradients([1]))
        #expect(first != second)
        for both in [gradients([0, 1]), gradients([1, 0])] {
            for i in both.indices {
                #expect(relativeError(both[i], zip(first[i], second[i]).map { $0 + $1 }) < 1e-6)
            }
        }
    }

    @Test("Nothing is recorded outside of record, and unwatched inputs have no gradient")
    func scope() {
        let weight = parameter([2, 2], 1)
        let x = tensor([1, 2], 2)
        let (y, tape) = Tape.record { linear(x, weight, nil) }
        let gradients = tape.backward(from: y)
        #expect(gradients[x] == nil)
        #expect(gradients[weight] != nil)
        #expect(gradients[parameter([2, 2], 3)] == nil)
    }

    /// Compares the gradient of sum(f * seed) by each input and parameter with central differences along random directions.
    func check(
        _ inputs: [Tensor], _ parameters: [Parameter] = [], sourceLocation: SourceLocation = #_sourceLocation,
        _ f: ([Tensor]) -> Tensor
    ) {
        let (y, tape) = Tape.record(watching: inputs) { f(inputs) }
        let seed = tensor(y.shape, 99)
        let gradients = tape.backward(from: y, seed: seed)
        func objective(_ inputs: [Tensor]) -> Double {
            zip(f(inputs).values(), seed.values()).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        }
        let step: Float = 1e-2
        func compare(_ gradient: Tensor?, _ what: String, _ moved: ([Float]) -> Double) {
            guard let gradient else {
                Issue.record("no gradient by \(what)", sourceLocation: sourceLocation)
                return
            }
            for trial in 0..<3 {
                let direction = random(gradient.count, UInt64(1000 + trial))
                let slope = zip(gradient.values(), direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                let measured =
                    (moved(direction.map { $0 * step }) - moved(direction.map { -$0 * step })) / Double(2 * step)
                let size = Double(gradient.values().reduce(0) { $0 + $1 * $1 }).squareRoot()
                let error = abs(slope - measured) / max(size, 1e-3)
                #expect(error < 5e-3, "by \(what): \(slope), measured \(measured)", sourceLocation: sourceLocation)
            }
        }
        for (i, input) in inputs.enumerated() {
            compare(gradients[input], "input \(i)") { delta in
                var moved = inputs
                let values = zip(input.values(), delta).map { $0 + $1 }
                // The same tensor given twice moves as one.
                for j in inputs.indices where inputs[j].storage === input.storage {
                    moved[j] = Tensor(values, shape: input.shape)
                }
                return objective(moved)
            }
        }
        for parameter in parameters {
            let original = parameter.values
            compare(gradients[parameter], parameter.name) { delta in
                parameter.update { values in for i in values.indices { values[i] = original[i] + delta[i] } }
                defer { parameter.update { _ = $0.update(from: original) } }
                return objective(inputs)
            }
        }
    }
}
