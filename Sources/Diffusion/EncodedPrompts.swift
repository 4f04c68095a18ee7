import Synchronization
import Tensors

/// Prompts without their repetitions, and which of them each frame has; as texts or as their words' numbers.
package struct DistinctPrompts<Prompt: Hashable> {
    package let prompts: [Prompt]
    /// By frame.
    package let numbers: [Int]

    package init(_ all: [Prompt]) {
        var prompts: [Prompt] = []
        var known: [Prompt: Int] = [:]
        numbers = all.map { prompt in
            if let number = known[prompt] { return number }
            known[prompt] = prompts.count
            prompts.append(prompt)
            return prompts.count - 1
        }
        self.prompts = prompts
    }
}

/// Prompts that one network has encoded, for all threads that work with it. The segments of a film see few different sets of prompts, so each
/// set is encoded once and not for every segment. The network's weights must stay as they are.
package final class EncodedPrompts: Sendable {
    struct Kept {
        let values: [Float]
        let shape: Shape
        let lengths: [Int]
    }

    /// Sets of prompts that are kept. A film goes through its prompts in order, so those before are hardly asked for again.
    private static let most = 256

    let kept = Mutex<[[String]: Kept]>([:])

    package init() {}

    /// What `encoder` makes of these prompts together. Tensors belong to a thread, so each asker gets its own.
    package func encoded(_ prompts: [String], by encoder: TextEncoder) -> EncodedText {
        if let known = kept.withLock({ $0[prompts] }) {
            return EncodedText(vectors: Tensor(known.values, shape: known.shape), lengths: known.lengths)
        }
        let text = encoder.encode(prompts)
        let new = Kept(values: text.vectors.values(), shape: text.vectors.shape, lengths: text.lengths)
        kept.withLock { kept in
            if kept.count >= Self.most { kept.removeAll() }
            kept[prompts] = new
        }
        return text
    }
}
