import Foundation
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

    init(_ network: FigureNetwork, _ c: ModelConfiguration, _ judge: ModelConfiguration.Judge) {
        (self.network, configuration) = (network, judge)
        reduction = c.vae.enlargement
    }

    /// By picture, in the film's order.
    package func judgements(on images: [Image], prompts: [String]) -> [Judgement] {
        let wishes = DistinctPrompts(prompts)
        let said = wishes.prompts.map { Wish($0, configuration) }
        return Judgement.of(
            wishes.numbers.map { said[$0] }, seen: figures(in: images), prompts: prompts,
            traits: configuration.traits ?? [])
    }

    /// By picture and name.
    private func figures(in images: [Image]) -> [[[Judgement.Figure]]] {
        let small = images.map { $0.reduced(by: reduction) }
        guard let first = small.first else { return [] }
        let pixels = Tensor(
            small.flatMap(\.values),
            shape: [small.count, first.height, first.width, 3])
        let maps = network.maps(network.features(pixels))
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
