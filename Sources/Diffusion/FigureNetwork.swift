package import Tensors

/// Tells from a picture, cell by cell of 8x8 pixels, who stands where: what the recogniser and a model's judge have in common. Convolutions
/// after CenterNet (Zhou et al. 2019).
///
/// At 1/4 of the size edges and limbs, at 1/8 figures, at 1/16 the place; back at 1/8 all of it is told.
package struct FigureNetwork: Sendable {
    private let stem: Conv2d
    private let fine: Block
    private let toMiddle: Down
    private let middle: Block
    private let toCoarse: Down
    private let coarse: Block
    private let back: Conv2d
    private let joined: Block
    private let norm: NormSiLU
    private let out: Conv2d

    private static let widths = (fine: 32, middle: 64, coarse: 96)

    /// Channels of what ``features(_:)`` gives.
    package static let featureWidth = widths.middle

    /// - Parameter channels: of a cell
    package init(_ weights: Weights, channels: Int) throws {
        let widths = Self.widths
        stem = try Conv2d(weights["stem"], 12, widths.fine, stride: 2)
        fine = try Block(weights["fine"], widths.fine)
        toMiddle = try Down(weights["to_middle"], widths.fine, widths.middle)
        middle = try Block(weights["middle"], widths.middle)
        toCoarse = try Down(weights["to_coarse"], widths.middle, widths.coarse)
        coarse = try Block(weights["coarse"], widths.coarse)
        back = try Conv2d(weights["back"], widths.coarse, widths.middle, kernel: 1)
        joined = try Block(weights["joined"], widths.middle)
        norm = try NormSiLU(weights["norm"], widths.middle, groups: 8)
        out = try Conv2d(weights["out"], widths.middle, channels, kernel: 1)
    }

    /// pixels [N, H, W, 3] in -1...1, H and W multiples of 16 -> [N, H/8, W/8, ``featureWidth``], f32.
    package func features(_ pixels: Tensor) -> Tensor {
        let fine = fine(stem(pixelUnshuffle(pixels, by: 2)))
        let middle = middle(toMiddle(fine))
        let coarse = coarse(toCoarse(middle))
        return norm(joined(add(middle, upsampleNearest2x(back(coarse)))))
    }

    /// features -> [N, H/8, W/8, channels], f32.
    package func maps(_ features: Tensor) -> Tensor { out(features) }
}

private struct Block: Sendable {
    let norm1: NormSiLU
    let conv1: Conv2d
    let norm2: NormSiLU
    let conv2: Conv2d

    init(_ weights: Weights, _ channels: Int) throws {
        norm1 = try NormSiLU(weights["norm1"], channels, groups: 8)
        conv1 = try Conv2d(weights["conv1"], channels, channels)
        norm2 = try NormSiLU(weights["norm2"], channels, groups: 8)
        conv2 = try Conv2d(weights["conv2"], channels, channels)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { add(x, conv2(norm2(conv1(norm1(x))))) }
}

/// To half the size.
private struct Down: Sendable {
    let norm: NormSiLU
    let conv: Conv2d

    init(_ weights: Weights, _ cIn: Int, _ cOut: Int) throws {
        norm = try NormSiLU(weights["norm"], cIn, groups: 8)
        conv = try Conv2d(weights["conv"], cIn, cOut, stride: 2)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { conv(norm(x)) }
}
