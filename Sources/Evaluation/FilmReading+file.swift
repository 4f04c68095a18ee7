package import Foundation
import Tensors

extension FilmReading.Side {
    /// As a file: the features as a tensor [N, width], what else is known of the frames beside them.
    package func file() throws -> Data {
        var plain = self
        plain.features = []
        var writer = SafetensorsWriter(metadata: [
            "frames": String(decoding: try JSONEncoder().encode(plain), as: UTF8.self)
        ])
        let width = features.first?.count ?? 0
        writer.add("features", shape: [features.count, width], values: features.flatMap { $0 })
        return try writer.data()
    }

    /// Reads what ``file()`` wrote. Throws `SystemError` or `SafetensorsError`.
    package init(_ url: URL) throws {
        let file = try SafetensorsFile(url, isRead: true)
        do {
            self = try JSONDecoder().decode(Self.self, from: Data((file.metadata["frames"] ?? "").utf8))
        } catch {
            throw SafetensorsError(
                file: url.path, tensor: nil, problem: "`frames` of its metadata are no reading of a film: \(error)")
        }
        let width = file.shape(of: "features")?.last ?? 0
        let values = try file.floats("features")
        features = stride(from: 0, to: width == 0 ? 0 : values.count, by: max(1, width)).map {
            Array(values[$0..<$0 + width])
        }
    }
}
