import Cartoon
import Diffusion
import Models
import Tensors

/// Tells who is where, looks where and does what, from what a denoiser knows at its second scale: a head for what it knows on the way down,
/// and one for the way up. They learn beside it and are thrown away afterwards (docs/decisions/0015).
final class Whereabouts: Sendable {
    /// Which scale of the denoiser is asked, counted from the finest.
    static let scale = 1

    /// The channels of a cell: for each character its heat, whether it looks to the right, its action.
    enum Channel {
        private static let perCharacter = 2 + Action.allCases.count
        static let count = perCharacter * CartoonCharacter.allCases.count
        static func heat(_ character: Int) -> Int { character * perCharacter }
        static func facing(_ character: Int) -> Int { heat(character) + 1 }
        static func actions(_ character: Int) -> Range<Int> {
            heat(character) + 2..<heat(character) + perCharacter
        }
    }

    private let heads: [Head]
    let parameters: [Parameter]

    /// Heads that have learnt nothing yet. Throws ``TrainingError/noSecondScale(model:)``.
    init(untrained seed: UInt64, for model: ModelConfiguration) throws {
        let c = model.mtd
        guard c.channels.count > Self.scale else { throw TrainingError.noSecondScale(model: model.name) }
        (heads, parameters) = try Weights.untrained(seed: seed) { weights in
            try (0..<2).map {
                try Head(weights["heads"][$0], c.channels[Self.scale], groups: c.groups)
            }
        }
    }

    /// - Parameter activations: at the second scale, on the way down and on the way up, [N, h, w, C] each.
    /// - Returns: of each, the maps [N, 2h, 2w, ``Channel/count``], f32: the cells of the latents.
    func maps(_ activations: [Tensor]) -> [Tensor] { zip(heads, activations).map { $0($1) } }

    private struct Head {
        let groups: Int
        let scale, shift: Parameter
        let conv, out: Conv2d

        /// Channels inside a head.
        private static let width = 128

        init(_ weights: Weights, _ channels: Int, groups: Int) throws {
            self.groups = groups
            scale = try weights["norm"].parameter("weight", [channels], .one)
            shift = try weights["norm"].parameter("bias", [channels], .zero)
            conv = try Conv2d(weights["conv"], channels, Self.width)
            out = try Conv2d(weights["out"], Self.width, 4 * Channel.count, kernel: 1)
        }

        func callAsFunction(_ x: Tensor) -> Tensor {
            let y = silu(conv(groupNorm(x, groups: groups, scale, shift)))
            return pixelShuffle(out(y, output: .f32), by: 2)
        }
    }
}
