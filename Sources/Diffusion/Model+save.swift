import Digest
package import Foundation
import JSON
package import Models
import Tensors

extension Model {
    /// Writes a model directory, made if missing, that ``load(directory:precision:)`` and the PyTorch twin read: with weights of 16 bits.
    ///
    /// `model.json` comes last, since it holds the other files' hashes: a directory whose writing was interrupted is refused, never
    /// half believed.
    ///
    /// - Parameter changed: what `model.json` says instead of the model's own configuration.
    package func save(
        to directory: URL, configuration changed: ModelConfiguration? = nil
    ) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var files: [String: String] = [:]
        for part in Part.allCases where part != .judge || judge != nil {
            var writer = SafetensorsWriter()
            for parameter in parameters(of: part) {
                writer.add(parameter.name, shape: Array(parameter.shape), values: parameter.values, as: .f16)
            }
            let data = try writer.data()
            try data.write(to: directory.appending(path: part.fileName), options: .atomic)
            files[part.fileName] = SHA256.hex(of: data)
        }
        let document = Document(format: ModelDocument.format, files: files, configuration: changed ?? configuration)
        try ReportJSON.encode(document).write(to: directory.appending(path: ModelDocument.fileName), options: .atomic)
    }

    /// What ``ModelDocument`` reads: the configuration's keys beside `format` and `files`.
    private struct Document: Encodable {
        let format: Int
        let files: [String: String]
        let configuration: ModelConfiguration

        private enum CodingKeys: String, CodingKey { case format, files }

        func encode(to encoder: any Encoder) throws {
            try configuration.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(format, forKey: .format)
            try container.encode(files, forKey: .files)
        }
    }
}
