package import Models
package import Pictures
import Tensors

/// Tells of keyframes whether they show what their prompts say of those whom it knows: that each is there, once, and nobody else; what they
/// do; where they go. A model may have one: the denoiser does not see its own mistakes (docs/decisions/0013), and what a prompt gets is a
/// matter of luck, which can be had again.
package final class Judge: Sendable {
    package let configuration: ModelConfiguration.Judge
    private let network: FigureNetwork
    /// How much smaller it sees the model's pictures.
    private let reduction: Int
    /// Words of a prompt that the model sees: of more it cannot be held to anything.
    private let wordsSeen: Int

    init(_ network: FigureNetwork, _ c: ModelConfiguration, _ judge: ModelConfiguration.Judge) {
        (self.network, configuration) = (network, judge)
        reduction = c.vae.enlargement
        wordsSeen = c.text.maxTokens - 1
    }

    /// By picture, in the film's order.
    /// - Parameter stride: from one picture to the next, in film frames
    package func judgements(on images: [Image], prompts: [String], stride: Int) -> [Judgement] {
        let wishes = DistinctPrompts(prompts)
        let said = wishes.prompts.map { Wish($0, configuration, wordsSeen: wordsSeen) }
        return Judgement.of(
            wishes.numbers.map { said[$0] }, seen: figures(in: images), prompts: prompts,
            stride: stride, traits: configuration.traits ?? [])
    }

    /// By picture and name.
    private func figures(in images: [Image]) -> [[[Judgement.Figure]]] {
        let small = images.map { $0.reduced(by: reduction) }
        if small.isEmpty { return [] }
        let maps = network.maps(network.features(Tensor(pixelsOf: small)))
        let (cells, columns, channels) = (maps.shape[1] * maps.shape[2], maps.shape[2], maps.shape[3])
        let values = maps.values()
        return small.indices.map { picture in
            configuration.heats.map { heat in
                func value(_ cell: Int, _ channel: Int) -> Float {
                    values[(picture * cells + cell) * channels + channel]
                }
                let heats = (0..<cells).map { Heat.of(logit: value($0, heat)) }
                return Heat.peaks(heats, columns: columns).map { cell in
                    Judgement.Figure(
                        column: cell % columns,
                        alternatives: (configuration.traits ?? []).map { trait in
                            let logits = trait.words.indices.map { alternative in
                                alternative < trait.channels.count
                                    ? value(cell, heat + trait.channels[alternative]) : 0
                            }
                            return logits.indices.max { logits[$0] < logits[$1] } ?? 0
                        })
                }
            }
        }
    }
}
