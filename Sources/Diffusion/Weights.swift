package import Foundation
import Models
package import Tensors

/// A place among the weights of a network: the prefix that a layer's tensors share, in a file or before the first training step.
/// Layers make themselves from their place, so that the networks' declarations are also the list of the tensors that a file must
/// have, and of what is trained.
package struct Weights {
    /// What a tensor holds before training: PyTorch's defaults, so that the twin and this engine begin alike.
    package enum Initial {
        case zero
        case one
        /// Uniform within 1 / sqrt(inputs) around zero, as PyTorch's convolutions and linear layers, weight and bias.
        case uniform(inputs: Int)
        case standardNormal
        /// [C, C, k]: what comes in goes out (NUWA-XL eq. 1).
        case identity
    }

    private let source: any Source
    private let record: Record
    private let prefix: String

    /// Opens a file, lets `body` build a network from its root, and refuses the file if it has tensors that nobody asked for.
    ///
    /// - Parameter new: names of layers that the file may lack, since they have learnt nothing yet.
    package static func read<Network>(
        _ url: URL, new: Set<String> = [], _ body: (Weights) throws -> Network
    ) throws -> (network: Network, parameters: [Parameter]) {
        let file = try FileSource(url, new: new)
        let record = Record()
        let network = try body(Weights(source: file, record: record, prefix: ""))
        try file.finish()
        return (network, record.parameters)
    }

    /// Builds a network that has learnt nothing yet. The same seed, the same weights.
    package static func untrained<Network>(
        seed: UInt64, _ body: (Weights) throws -> Network
    ) rethrows -> (network: Network, parameters: [Parameter]) {
        let record = Record()
        let network = try body(Weights(source: InitialSource(seed: seed), record: record, prefix: ""))
        return (network, record.parameters)
    }

    private init(source: any Source, record: Record, prefix: String) {
        self.source = source
        self.record = record
        self.prefix = prefix
    }

    package subscript(name: String) -> Weights { Weights(source: source, record: record, prefix: prefix + name + ".") }

    package subscript(index: Int) -> Weights { self[String(index)] }

    /// The tensor `name` of this place, of that shape. Throws ``ModelError`` where the file has none, or another.
    package func parameter(_ name: String, _ shape: [Int], _ initial: Initial) throws -> Parameter {
        let parameter = try source.parameter(prefix + name, shape, initial)
        record.parameters.append(parameter)
        return parameter
    }

    /// The parameters in the order in which the network asked for them, named as in a file.
    private final class Record {
        var parameters: [Parameter] = []
    }

    private protocol Source {
        func parameter(_ name: String, _ shape: [Int], _ initial: Initial) throws -> Parameter
    }

    private struct InitialSource: Source {
        let seed: UInt64

        func parameter(_ name: String, _ shape: [Int], _ initial: Initial) throws -> Parameter {
            // Each tensor has numbers of its own, whichever others there are.
            var random = RandomStream(seed: seed, name: name)
            let count = shape.reduce(1, *)
            let values: [Float] =
                switch initial {
                case .zero: [Float](repeating: 0, count: count)
                case .one: [Float](repeating: 1, count: count)
                case .uniform(let inputs):
                    (0..<count).map { _ in Float((2 * random.unit() - 1) / Double(inputs).squareRoot()) }
                case .standardNormal: random.normals(count)
                case .identity: Self.identity(channels: shape[0], kernel: shape[2])
                }
            return Parameter(name: name, shape: Shape(shape), values: values)
        }

        private static func identity(channels: Int, kernel: Int) -> [Float] {
            var values = [Float](repeating: 0, count: channels * channels * kernel)
            for channel in 0..<channels { values[(channel * channels + channel) * kernel + (kernel - 1) / 2] = 1 }
            return values
        }
    }

    /// The file, and what was read of it.
    private final class FileSource: Source {
        private let file: SafetensorsFile
        private let path: String
        private var unread: Set<String>
        private let new: Set<String>

        init(_ url: URL, new: Set<String>) throws {
            self.new = new
            path = url.path
            do {
                file = try SafetensorsFile(url)
            } catch let error as SafetensorsError {
                throw ModelError.damaged(file: url.path, tensor: error.tensor, reason: error.problem)
            }
            unread = Set(file.names)
        }

        func parameter(_ name: String, _ shape: [Int], _ initial: Initial) throws -> Parameter {
            guard let found = file.shape(of: name) else {
                if name.split(separator: ".").contains(where: { new.contains(String($0)) }) {
                    return try InitialSource(seed: 0).parameter(name, shape, initial)
                }
                throw ModelError.missingTensor(file: path, tensor: name, expected: shape)
            }
            guard found == shape else {
                throw ModelError.misshapenTensor(file: path, tensor: name, expected: shape, found: found)
            }
            unread.remove(name)
            do {
                return try file.parameter(name, shape: Shape(shape))
            } catch let error as SafetensorsError {
                throw ModelError.damaged(file: path, tensor: error.tensor, reason: error.problem)
            }
        }

        func finish() throws {
            if !unread.isEmpty { throw ModelError.unexpectedTensors(file: path, tensors: unread.sorted()) }
        }
    }
}
