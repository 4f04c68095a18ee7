import Foundation

/// Why a model directory was refused. Every case names the file, and the key or tensor in it.
package enum ModelError: Error, Equatable, Sendable, Codable, CustomStringConvertible {
    /// The system does not give one of its files: `code` is its `errno`, see errno(3).
    case unreadable(file: String, code: Int32)
    /// `model.json` is not JSON, or lacks a key, or has a value of another type or one that fits nothing else.
    case configuration(file: String, key: String, reason: String)
    case unknownFormat(file: String, found: Int, supported: Int)
    case missingTensor(file: String, tensor: String, expected: [Int])
    case misshapenTensor(file: String, tensor: String, expected: [Int], found: [Int])
    case unexpectedTensors(file: String, tensors: [String])
    /// The weights file itself, or one tensor of it, is damaged or cut short.
    case damaged(file: String, tensor: String?, reason: String)
    case wrongHash(file: String, expected: String, found: String)
    /// bf16 was asked for, and the processor has no instructions for it.
    case bf16NotSupported

    package var description: String {
        switch self {
        case .unreadable(let file, let code): "\(file): cannot be read: \(String(cString: strerror(code)))"
        case .configuration(let file, let key, let reason):
            key.isEmpty ? "\(file): \(reason)" : "\(file): key '\(key)': \(reason)"
        case .unknownFormat(let file, let found, let supported):
            "\(file): model format \(found); this program reads format \(supported)"
        case .missingTensor(let file, let tensor, let expected):
            "\(file): tensor '\(tensor)' is missing; expected shape \(expected)"
        case .misshapenTensor(let file, let tensor, let expected, let found):
            "\(file): tensor '\(tensor)' has shape \(found); expected \(expected)"
        case .unexpectedTensors(let file, let tensors):
            "\(file): no place for tensor\(tensors.count == 1 ? "" : "s") "
                + tensors.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
                + (tensors.count > 8 ? " and \(tensors.count - 8) more" : "")
                + "; is it the file of another model?"
        case .damaged(let file, let tensor, let reason):
            "\(file): damaged: " + (tensor.map { "tensor '\($0)' " } ?? "") + reason
        case .wrongHash(let file, let expected, let found):
            "\(file): its SHA-256 is \(found), but model.json says \(expected); one of the two was changed"
        case .bf16NotSupported:
            "this processor does not compute in bf16; use precision 'automatic' or 'f32'"
        }
    }
}
