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

    private let network: FigureNetwork
    package let parameters: [Parameter]
    /// SHA-256 of the file that it was read from; empty of one that learns.
    package let hash: String

    private init(_ network: FigureNetwork, _ parameters: [Parameter], hash: String = "") {
        (self.network, self.parameters, self.hash) = (network, parameters, hash)
    }

    package static let fileName = "recogniser.safetensors"

    /// Reads a directory with `recogniser.safetensors`. Throws a `ModelError` that names what is wrong, or
    /// `SystemError` where the file is missing or cannot be read.
    package convenience init(directory: URL) throws {
        let file = directory.appending(path: Self.fileName)
        let (network, parameters) = try Weights.read(file) { try FigureNetwork($0, channels: Channel.count) }
        self.init(network, parameters, hash: try SHA256.hex(ofFile: file))
    }

    /// One that has learnt nothing yet.
    package convenience init(untrained seed: UInt64) throws {
        let (network, parameters) = try Weights.untrained(seed: seed) { try FigureNetwork($0, channels: Channel.count) }
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
    func maps(_ pixels: Tensor) -> Tensor { network.maps(network.features(pixels)) }

    /// What is told from features, and the features themselves: [N, 12, 20, 64], f32.
    func mapsAndFeatures(_ pixels: Tensor) -> (maps: Tensor, features: Tensor) {
        let features = network.features(pixels)
        return (network.maps(features), features)
    }

    /// Features of a picture.
    package static let featureWidth = FigureNetwork.featureWidth
}
