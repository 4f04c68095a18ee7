import Foundation
import Models
import Tensors

/// A place in a weights file: the prefix that a layer's tensors share. Layers read themselves from their place, so that the
/// networks' declarations are also the list of the tensors that a file must have.
struct Weights {
    private let file: Reader
    private let prefix: String

    private init(file: Reader, prefix: String) {
        self.file = file
        self.prefix = prefix
    }

    /// Opens a file, lets `body` build a network from its root, and refuses the file if it has tensors that nobody asked for.
    static func read<Network>(_ url: URL, _ body: (Weights) throws -> Network) throws -> Network {
        let file = try Reader(url)
        let network = try body(Weights(file: file, prefix: ""))
        try file.finish()
        return network
    }

    subscript(name: String) -> Weights { Weights(file: file, prefix: prefix + name + ".") }

    subscript(index: Int) -> Weights { self[String(index)] }

    func parameter(_ name: String, _ shape: [Int]) throws -> Parameter { try file.parameter(prefix + name, shape) }

    /// The file, and what was read of it.
    private final class Reader {
        private let file: SafetensorsFile
        private let path: String
        private var unread: Set<String>

        init(_ url: URL) throws {
            path = url.path
            do {
                file = try SafetensorsFile(url)
            } catch let error as SafetensorsError {
                throw ModelError.damaged(file: url.path, tensor: error.tensor, reason: error.problem)
            }
            unread = Set(file.names)
        }

        func parameter(_ name: String, _ shape: [Int]) throws -> Parameter {
            guard let found = file.shape(of: name) else {
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
