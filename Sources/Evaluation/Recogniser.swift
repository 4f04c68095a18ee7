import Cartoon
import Diffusion
import Digest
package import Foundation
package import Tensors

/// Tells what a picture of the cartoon shows: who stands where and does what, the place, the time of day, the weather.
///
/// A convolutional network after CenterNet (Zhou et al. 2019): each character has a heat map, on which it is a peak at the point between its
/// feet; what else is told of it is read at the peak. So one who is there twice is two peaks, and nobody is looked for where the script
/// wants him to be.
package final class Recogniser: Sendable {
    /// Pixels of a picture.
    package static let width = 160
    package static let height = 96
    /// Cells of a heat map, of 8x8 pixels each.
    package static let columns = 20
    package static let rows = 12

    /// The channels of a cell.
    enum Channel {
        /// For each character: its heat, the point's distance from the cell's middle (in cells, to the right and down), whether it looks
        /// to the right, its action.
        static let perCharacter = 4 + Action.allCases.count
        static func heat(_ character: Int) -> Int { character * perCharacter }
        static func offset(_ character: Int) -> Int { heat(character) + 1 }
        static func facing(_ character: Int) -> Int { heat(character) + 3 }
        static func actions(_ character: Int) -> Range<Int> {
            heat(character) + 4..<heat(character) + perCharacter
        }

        /// Of the whole picture: the mean over all cells counts.
        static let places = perCharacter * CartoonCharacter.allCases.count
        static let times = places + Place.allCases.count
        static let weathers = times + DayTime.allCases.count
        static let count = weathers + Weather.allCases.count
    }

    private let network: Network
    package let parameters: [Parameter]
    /// SHA-256 of the file that it was read from; empty of one that learns.
    package let hash: String

    private init(_ network: Network, _ parameters: [Parameter], hash: String = "") {
        (self.network, self.parameters, self.hash) = (network, parameters, hash)
    }

    package static let fileName = "recogniser.safetensors"

    /// Reads a directory with `recogniser.safetensors`. Throws a `ModelError` that names what is wrong.
    package convenience init(directory: URL) throws {
        let file = directory.appending(path: Self.fileName)
        let (network, parameters) = try Weights.read(file) { try Network($0) }
        self.init(network, parameters, hash: try SHA256.hex(ofFile: file))
    }

    /// One that has learnt nothing yet.
    package convenience init(untrained seed: UInt64) throws {
        let (network, parameters) = try Weights.untrained(seed: seed) { try Network($0) }
        self.init(network, parameters)
    }

    /// Writes a directory, made if missing, with weights of 16 bits.
    package func save(to directory: URL) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var writer = SafetensorsWriter()
        for parameter in parameters {
            writer.add(parameter.name, shape: Array(parameter.shape), values: parameter.values, as: .f16)
        }
        try writer.data().write(to: directory.appending(path: Self.fileName), options: .atomic)
    }

    /// pixels [N, 96, 160, 3] in -1...1 -> [N, 12, 20, channels], f32: logits, and distances as they are.
    func maps(_ pixels: Tensor) -> Tensor { network.out(network.features(pixels)) }

    /// What is told from features, and the features themselves: [N, 12, 20, 64], f32.
    func mapsAndFeatures(_ pixels: Tensor) -> (maps: Tensor, features: Tensor) {
        let features = network.features(pixels)
        return (network.out(features), features)
    }

    /// Features of a picture.
    package static let featureWidth = Network.widths.middle

    /// At 1/4 of the size edges and limbs, at 1/8 figures, at 1/16 the place; back at 1/8 all of it is told.
    private struct Network: Sendable {
        let stem: Conv2d
        let fine: Block
        let toMiddle: Down
        let middle: Block
        let toCoarse: Down
        let coarse: Block
        let back: Conv2d
        let joined: Block
        let norm: NormSiLU
        let out: Conv2d

        static let widths = (fine: 32, middle: 64, coarse: 96)

        init(_ weights: Weights) throws {
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
            out = try Conv2d(weights["out"], widths.middle, Channel.count, kernel: 1)
        }

        func features(_ pixels: Tensor) -> Tensor {
            let fine = fine(stem(pixelUnshuffle(pixels, by: 2)))
            let middle = middle(toMiddle(fine))
            let coarse = coarse(toCoarse(middle))
            return norm(joined(add(middle, upsampleNearest2x(back(coarse)))))
        }
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
}
