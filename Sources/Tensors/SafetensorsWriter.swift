import CKernels
package import Foundation

/// Builds a safetensors file. The same tensors and metadata give the same bytes: tensors lie in the order in which they were
/// added, the header's keys are sorted.
package struct SafetensorsWriter {
    private struct Entry: Encodable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
    }

    private var entries: [String: Entry] = [:]
    private let metadata: [String: String]
    private var payload = Data()

    /// - Parameter metadata: what the file's header says under `__metadata__`
    package init(metadata: [String: String] = [:]) {
        self.metadata = metadata
    }

    /// Adds a tensor of a name that no other has, rounded to `type`.
    /// - Parameter values: as many as the shape has, in row-major order
    package mutating func add(
        _ name: String, shape: [Int], values: [Float], as type: SafetensorsFile.FileType = .f32
    ) {
        require(
            values.count == shape.reduce(1, *) && entries[name] == nil && name != "__metadata__",
            "SafetensorsWriter: tensor \(name) of shape \(shape), \(values.count) values, as \(type.rawValue)")
        let start = payload.count
        payload.append(Data(count: values.count * type.width))
        payload.withUnsafeMutableBytes { bytes in
            guard !values.isEmpty else { return }
            let target = bytes.baseAddress! + start
            switch type {
            case .f32: target.copyMemory(from: values, byteCount: values.count * 4)
            case .bf16: ck_from_f32(values, target, values.count, Int32(CK_BF16))
            case .f16: ck_half_from_f32(values, target, values.count)
            }
        }
        entries[name] = Entry(dtype: type.rawValue, shape: shape, data_offsets: [start, payload.count])
    }

    /// The whole file.
    package func data() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var fields: [String] = []
        if !metadata.isEmpty {
            fields.append("\"__metadata__\":" + String(decoding: try encoder.encode(metadata), as: UTF8.self))
        }
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            let key = String(decoding: try encoder.encode(name), as: UTF8.self)
            fields.append(key + ":" + String(decoding: try encoder.encode(entry), as: UTF8.self))
        }
        var header = Data(("{" + fields.joined(separator: ",") + "}").utf8)
        // The data starts at a multiple of 8; JSON may end in spaces.
        header.append(Data(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        var file = Data()
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
        file.append(header)
        file.append(payload)
        return file
    }
}
