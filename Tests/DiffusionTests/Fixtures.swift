import Digest
import Foundation
import Models
import Tensors

@testable import Diffusion

/// Models and goldens under `Tests/Fixtures`.
enum Fixtures {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")
    static let tiny = directory.appending(path: "models/tiny")
    /// The tiny model with the parts that the paper's MTD lacks.
    static let extended = directory.appending(path: "models/tiny-extended")
    /// The default model, which a checkout may lack.
    static let cartoon = directory.appending(path: "../../models/cartoon").standardizedFileURL

    static func goldens(_ model: String, _ file: String) -> URL {
        directory.appending(path: "goldens/\(model)/\(file).safetensors")
    }
}

/// A file that `reference/goldens.py` wrote: inputs and outputs of the PyTorch twin.
struct Golden {
    private let file: SafetensorsFile

    init(_ model: String, _ name: String) throws { file = try SafetensorsFile(Fixtures.goldens(model, name)) }

    func values(_ name: String) throws -> [Float] { try file.floats(name) }

    func tensor(_ name: String, type: ElementType = .f32) throws -> Tensor {
        let values = try file.floats(name)
        return Tensor(values, shape: Shape(file.shape(of: name) ?? []), type: type)
    }

    func latents(_ name: String) throws -> Latents {
        let x = try tensor(name)
        return Latents(
            frames: x.shape[0], height: x.shape[1], width: x.shape[2], channels: x.shape[3], values: x.values())
    }

    /// A value that the script wrote as JSON.
    func metadata<Value: Decodable>(_ key: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data((file.metadata[key] ?? "").utf8))
    }
}

/// How far `found` is from `expected`.
struct Difference: CustomStringConvertible {
    /// ‖found − expected‖ / ‖expected‖
    let relative: Double
    let largest: Float
    let description: String

    init(_ name: String, _ found: [Float], _ expected: [Float]) {
        guard found.count == expected.count else {
            (relative, largest) = (.infinity, .infinity)
            description = "\(name): \(found.count) values, expected \(expected.count)"
            return
        }
        let squares = zip(found, expected).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
        let norm = expected.reduce(0.0) { $0 + pow(Double($1), 2) }
        relative = (squares / norm).squareRoot()
        largest = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
        description = String(format: "%@: relative %.2e, largest %.2e", name, relative, largest)
    }
}

extension ElementType {
    /// The relative error that a network may have in this type.
    var tolerance: Double { self == .f32 ? 1e-4 : 2e-2 }

    /// The types that this machine computes in.
    static var supported: [ElementType] { Engine.supportsBF16 ? [.f32, .bf16] : [.f32] }

    var precision: Precision { self == .f32 ? .f32 : .bf16 }
}

/// A copy of the tiny model in a directory of its own, to be changed. Removed when it is no longer used.
final class ModelCopy {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "nuwa-model-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Fixtures.tiny, to: directory)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func file(_ name: String) -> URL { directory.appending(path: name) }

    /// Replaces text in `model.json`.
    func edit(_ old: String, _ new: String) throws {
        let url = file("model.json")
        let text = try String(contentsOf: url, encoding: .utf8)
        precondition(text.contains(old), "model.json has no \(old)")
        try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: url)
    }

    /// Sets a value of `model.json`, given as a path of keys.
    func set(_ path: String..., to value: Any) throws {
        let url = file("model.json")
        var root = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
        Self.set(&root, path[...], value)
        try JSONSerialization.data(withJSONObject: root).write(to: url)
    }

    private static func set(_ object: inout [String: Any], _ path: ArraySlice<String>, _ value: Any) {
        guard let key = path.first else { return }
        if path.count == 1 {
            object[key] = value
        } else {
            var inner = object[key] as? [String: Any] ?? [:]
            set(&inner, path.dropFirst(), value)
            object[key] = inner
        }
    }

    /// Writes a weights file again, with its tensors changed, and its new hash into `model.json`.
    func rewrite(_ name: String, _ change: (inout [String: (shape: [Int], values: [Float])]) -> Void) throws {
        let source = try SafetensorsFile(file(name))
        var tensors: [String: (shape: [Int], values: [Float])] = [:]
        for tensor in source.names { tensors[tensor] = (source.shape(of: tensor) ?? [], try source.floats(tensor)) }
        change(&tensors)
        var writer = SafetensorsWriter(metadata: [:])
        for (tensor, content) in tensors.sorted(by: { $0.key < $1.key }) {
            writer.add(tensor, shape: content.shape, values: content.values, as: .f16)
        }
        try writer.data().write(to: file(name))
        try set("files", name, to: SHA256.hex(ofFile: file(name)))
    }

    func load() throws -> Model { try Model.load(directory: directory, precision: .f32) }
}
