package import Models
package import Tensors

/// Encoded prompts: what the denoiser attends to.
package struct EncodedText {
    /// [M, T, D], T the tokens of the longest prompt.
    package let vectors: Tensor
    /// By prompt, how many of its T count.
    package let lengths: [Int]
}

/// Words to vectors by a small transformer, trained with the denoiser. Always in f32: it runs once for each set of prompts that some segment
/// of a film sees.
package struct TextEncoder: Sendable {
    package let tokenizer: Tokenizer
    let token: Parameter
    let position: Parameter
    let attention: [Attention]
    let feedForward: [FeedForward]
    let normOut: LayerNorm

    init(_ weights: Weights, _ c: ModelConfiguration.Text) throws {
        tokenizer = c.tokenizer
        token = try weights["token"].parameter("weight", [c.vocabulary.count, c.width], .standardNormal)
        position = try weights["position"].parameter("weight", [c.maxTokens, c.width], .standardNormal)
        attention = try (0..<c.layers).map { try Attention(weights["attention"][$0], c.width, heads: c.heads) }
        feedForward = try (0..<c.layers).map {
            try FeedForward(weights["feed_forward"][$0], c.width, factor: c.feedForward)
        }
        normOut = try LayerNorm(weights["norm_out"], c.width)
    }

    /// M prompts -> vectors [M, T, D], T the tokens of the longest.
    package func encode(_ prompts: [String]) -> EncodedText { encode(tokens: prompts.map(tokenizer.tokens)) }

    /// - Parameters:
    ///   - rows: by prompt, what the tokenizer makes of it.
    ///   - multiple: T is rounded up to it, for those who want few different shapes.
    package func encode(tokens rows: [[Int]], paddedTo multiple: Int = 1) -> EncodedText {
        let lengths = rows.map(\.count)
        let longest = min(tokenizer.maxTokens, ((lengths.max() ?? 0) + multiple - 1) / multiple * multiple)
        let ids = rows.flatMap { $0 + [Int](repeating: 0, count: longest - $0.count) }
        let places = rows.flatMap { _ in 0..<longest }
        var x = add(embedding(token, ids), embedding(position, places))
            .reshaped([rows.count, longest, position.shape[1]])
        for (attention, feedForward) in zip(attention, feedForward) {
            x = feedForward(attention(x, lengths: lengths))
        }
        return EncodedText(vectors: normOut(x), lengths: lengths)
    }
}
