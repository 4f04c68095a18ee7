// Layers that the networks share. Shapes: B batch, F frames of a segment, N = B*F, C channels, H W height and width,
// P = H*W, T text tokens, D width of a text embedding. Activations are [N, H, W, C], so that all other views are free.

import Foundation
package import Tensors

/// A spatial convolution with "same" padding: 3x3 unless said.
package struct Conv2d: Sendable {
    let weight: Parameter
    let bias: Parameter
    let stride: Int

    /// - Parameter zero: whether its results are zero before training.
    package init(_ weights: Weights, _ cIn: Int, _ cOut: Int, kernel: Int = 3, stride: Int = 1, zero: Bool = false)
        throws
    {
        let initial: Weights.Initial = zero ? .zero : .uniform(inputs: cIn * kernel * kernel)
        weight = try weights.parameter("weight", [cOut, cIn, kernel, kernel], initial)
        bias = try weights.parameter("bias", [cOut], initial)
        self.stride = stride
    }

    /// x: [N, H, W, C] -> [N, H / stride, W / stride, C of the result], of the type of x unless said.
    package func callAsFunction(_ x: Tensor, output: ElementType? = nil) -> Tensor {
        conv2d(x, weight, bias, stride: stride, output: output)
    }

    /// Of x, each of its pixels first made four.
    func upsampling(_ x: Tensor) -> Tensor { upsampleConv2d(x, weight, bias) }
}

/// A convolution over the frames of each pixel, trained from the identity (NUWA-XL eq. 1).
struct TemporalConv {
    let weight: Parameter
    let bias: Parameter

    init(_ weights: Weights, _ channels: Int, kernel: Int) throws {
        weight = try weights.parameter("weight", [channels, channels, kernel], .identity)
        bias = try weights.parameter("bias", [channels], .zero)
    }

    /// x: [N, H, W, C]; residual: what to add to the result, of its shape.
    func callAsFunction(_ x: Tensor, frames: Int, adding residual: Tensor? = nil) -> Tensor {
        let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        func clip(_ x: Tensor) -> Tensor { x.reshaped([n / frames, frames, h * w, c]) }
        return temporalConv(clip(x), weight, bias, adding: residual.map(clip)).reshaped(x.shape)
    }
}

struct Linear {
    let weight: Parameter
    let bias: Parameter?

    /// - Parameter zero: whether its results are zero before training.
    init(_ weights: Weights, _ cIn: Int, _ cOut: Int, bias: Bool = true, zero: Bool = false) throws {
        let initial: Weights.Initial = zero ? .zero : .uniform(inputs: cIn)
        weight = try weights.parameter("weight", [cOut, cIn], initial)
        self.bias = bias ? try weights.parameter("bias", [cOut], initial) : nil
    }

    func callAsFunction(_ x: Tensor, activation: Activation = .none, adding residual: Tensor? = nil) -> Tensor {
        linear(x, weight, bias, activation: activation, adding: residual)
    }
}

/// GroupNorm, then SiLU.
package struct NormSiLU: Sendable {
    let groups: Int
    let weight: Parameter
    let bias: Parameter

    package init(_ weights: Weights, _ channels: Int, groups: Int) throws {
        self.groups = groups
        weight = try weights.parameter("weight", [channels], .one)
        bias = try weights.parameter("bias", [channels], .zero)
    }

    /// x: [N, H, W, C] -> the same shape.
    package func callAsFunction(_ x: Tensor) -> Tensor { groupNorm(x, groups: groups, weight, bias, silu: true) }
}

struct LayerNorm {
    let weight: Parameter
    let bias: Parameter

    init(_ weights: Weights, _ channels: Int) throws {
        weight = try weights.parameter("weight", [channels], .one)
        bias = try weights.parameter("bias", [channels], .zero)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { layerNorm(x, weight, bias) }
}

/// Multi-head attention with a LayerNorm before and a residual around it.
struct Attention {
    let heads: Int
    let norm: LayerNorm
    let q: Linear
    let k: Linear
    let v: Linear
    let out: Linear

    /// - Parameters:
    ///   - context: the width of what is attended to, where that is not x itself.
    ///   - zero: whether it changes nothing before training.
    init(_ weights: Weights, _ channels: Int, heads: Int, context: Int? = nil, zero: Bool = false) throws {
        self.heads = heads
        norm = try LayerNorm(weights["norm"], channels)
        q = try Linear(weights["q"], channels, channels, bias: false)
        k = try Linear(weights["k"], context ?? channels, channels, bias: false)
        v = try Linear(weights["v"], context ?? channels, channels, bias: false)
        out = try Linear(weights["out"], channels, channels, zero: zero)
    }

    /// Self-attention. x: [N, P, C]; lengths: by item, how many of its P count.
    func callAsFunction(_ x: Tensor, lengths: [Int]? = nil) -> Tensor {
        let y = norm(x)
        return out(attention(q(y), k(y), v(y), heads: heads, keyLengths: lengths), adding: x)
    }

    /// What a context offers to every x that attends to it.
    struct Keys {
        /// [M, T, C], M = 1 where all items share them.
        let keys: Tensor
        let values: Tensor
        let lengths: [Int]
    }

    /// context: [M, T, D]; items: which of the M each item of x attends to.
    func keys(_ context: Tensor, lengths: [Int], items: [Int]) -> Keys {
        let (keys, values) = (k(context), v(context))
        if context.shape[0] == 1 { return Keys(keys: keys, values: values, lengths: lengths) }
        return Keys(
            keys: gather(keys, items), values: gather(values, items), lengths: items.map { lengths[$0] })
    }

    /// Cross-attention. x: [N, P, C]
    func callAsFunction(_ x: Tensor, _ context: Keys) -> Tensor {
        // One context for all is one long item: a larger matrix product instead of many small ones.
        let items = context.keys.shape[0]
        let query = q(norm(x)).reshaped([items, x.shape[0] * x.shape[1] / items, x.shape[2]])
        let y = attention(query, context.keys, context.values, heads: heads, keyLengths: context.lengths)
        return out(y.reshaped(x.shape), adding: x)
    }
}

/// Self-attention over the frames of each pixel, trained from one that changes nothing (NUWA-XL eq. 2).
struct TemporalAttention {
    let heads: Int
    let norm: LayerNorm
    let q: Linear
    let k: Linear
    let v: Linear
    let out: Linear

    init(_ weights: Weights, _ channels: Int, heads: Int) throws {
        let layers = try Attention(weights, channels, heads: heads, zero: true)
        self.heads = heads
        (norm, q, k, v, out) = (layers.norm, layers.q, layers.k, layers.v, layers.out)
    }

    /// x: [N, P, C]
    func callAsFunction(_ x: Tensor, frames: Int) -> Tensor {
        let (n, p, c) = (x.shape[0], x.shape[1], x.shape[2])
        let y = norm(x).reshaped([n / frames, frames, p, c])
        return out(temporalAttention(q(y), k(y), v(y), heads: heads).reshaped(x.shape), adding: x)
    }
}

/// Self-attention over all pixels of all frames, so that what moves is found again where it went to; trained from one that changes
/// nothing.
struct SpaceTimeAttention {
    let attention: Attention

    init(_ weights: Weights, _ channels: Int, heads: Int) throws {
        attention = try Attention(weights, channels, heads: heads, zero: true)
    }

    /// x: [N, P, C]
    func callAsFunction(_ x: Tensor, frames: Int) -> Tensor {
        let (n, p, c) = (x.shape[0], x.shape[1], x.shape[2])
        return attention(x.reshaped([n / frames, frames * p, c])).reshaped(x.shape)
    }
}

struct FeedForward {
    let norm: LayerNorm
    let hidden: Linear
    let out: Linear

    /// - Parameter zero: whether it changes nothing before training.
    init(_ weights: Weights, _ channels: Int, factor: Int, zero: Bool = false) throws {
        norm = try LayerNorm(weights["norm"], channels)
        hidden = try Linear(weights["hidden"], channels, factor * channels)
        out = try Linear(weights["out"], factor * channels, channels, zero: zero)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { out(hidden(norm(x), activation: .gelu), adding: x) }
}

/// Cosines, then sines, of geometrically spaced frequencies (Vaswani et al. 2017; the order is DDPM's): [count, width].
func sinusoids(_ values: [Float], width: Int) -> Tensor {
    let (half, period) = (width / 2, Float(10_000))
    let rates = (0..<half).map { exp(-log(period) * Float($0) / Float(half)) }
    let rows = values.flatMap { value in rates.map { cos(value * $0) } + rates.map { sin(value * $0) } }
    return Tensor(rows, shape: [values.count, width])
}
