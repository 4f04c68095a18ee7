import Foundation
package import Models
package import Pictures
import Tensors

/// Tells of pictures whether they show those whom their prompts name, each once, and nobody else whom it knows. A model may have one: the
/// denoiser does not see its own mistakes (docs/decisions/0013), and what a prompt gets is a matter of luck, which can be had again.
package final class Judge: Sendable {
    package let configuration: ModelConfiguration.Judge
    private let network: FigureNetwork
    /// How much smaller it sees the model's pictures.
    private let reduction: Int

    init(_ network: FigureNetwork, _ c: ModelConfiguration, _ judge: ModelConfiguration.Judge) {
        (self.network, configuration) = (network, judge)
        reduction = c.vae.enlargement
    }

    /// By picture: whether it is right. A prompt that names nobody leaves nothing to be wrong.
    package func areRight(_ images: [Image], prompts: [String]) -> [Bool] {
        zip(counts(in: images), prompts).map { counts, prompt in
            let words = Set(Tokenizer.words(in: prompt).map(\.text))
            let wanted = configuration.names.map { words.contains($0.lowercased()) ? 1 : 0 }
            return !wanted.contains(1) || counts == wanted
        }
    }

    /// By picture, how often it sees each of the names.
    private func counts(in images: [Image]) -> [[Int]] {
        let small = images.map { $0.reduced(by: reduction) }
        guard let first = small.first else { return [] }
        let pixels = Tensor(
            small.flatMap { $0.pixels.map { Float($0) / 127.5 - 1 } },
            shape: [small.count, first.height, first.width, 3])
        let maps = network.maps(network.features(pixels))
        let (cells, columns, channels) = (maps.shape[1] * maps.shape[2], maps.shape[2], maps.shape[3])
        let values = maps.values()
        return small.indices.map { picture in
            configuration.heats.map { channel in
                let heats = (0..<cells).map { Heat.of(logit: values[(picture * cells + $0) * channels + channel]) }
                return Heat.peaks(heats, columns: columns).count
            }
        }
    }
}

/// Which of several draws of the keyframes each prompt gets.
package enum Draws {
    /// Whether every prompt has a draw in which all of its frames are right.
    package static func isSettled(prompts: [String], right: [[Bool]]) -> Bool {
        zip(prompts.indices, choice(prompts: prompts, right: right)).allSatisfy { right[$1][$0] }
    }

    /// By frame, the draw that is taken: where one prompt holds, for all its frames the one in which most of them are right, of equals the
    /// first.
    /// - Parameters:
    ///   - prompts: of the frames.
    ///   - right: by draw and frame
    package static func choice(prompts: [String], right: [[Bool]]) -> [Int] {
        var choice: [Int] = []
        var start = 0
        while start < prompts.count {
            let end = prompts[start...].firstIndex { $0 != prompts[start] } ?? prompts.count
            let scores = right.map { draw in draw[start..<end].count { $0 } }
            let best = scores.indices.max { (scores[$0], -$0) < (scores[$1], -$1) } ?? 0
            choice += [Int](repeating: best, count: end - start)
            start = end
        }
        return choice
    }
}
