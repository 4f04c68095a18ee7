import Diffusion
import Digest
import Foundation
import Tensors

/// The latents of a finished segment as a safetensors file, which any tool of that world can open. Its metadata say
/// what it is and carry a SHA-256 of the values, so that damage is found.
struct Checkpoint {
    /// Raised whenever the file is laid out in another way.
    private static let format = "nuwa-checkpoint-1"
    private static let tensor = "latents"

    let fingerprint: Fingerprint

    func encode(_ latents: Latents) throws -> Data {
        var file = SafetensorsWriter(metadata: [
            "format": Self.format, "fingerprint": fingerprint.hex, "sha256": digest(latents.values),
        ])
        file.add(
            Self.tensor, shape: [latents.frames, latents.height, latents.width, latents.channels],
            values: latents.values)
        return try file.data()
    }

    /// - Parameter shape: [F, h, w, c]; nil takes any
    /// - Throws: `Damage`, or what the reader finds wrong with the file
    func decode(_ url: URL, shape wanted: [Int]? = nil) throws -> Latents {
        let file = try SafetensorsFile(url, isRead: true)
        guard file.metadata["format"] == Self.format else { throw Damage("is no checkpoint of this version") }
        guard file.metadata["fingerprint"] == fingerprint.hex else { throw Damage("is another segment's") }
        let shape = file.shape(of: Self.tensor) ?? []
        guard shape.count == 4, shape == wanted ?? shape, file.type(of: Self.tensor) == .f32 else {
            throw Damage("does not hold latents of shape \(wanted ?? [])")
        }
        let values = try file.floats(Self.tensor)
        guard file.metadata["sha256"] == digest(values) else { throw Damage("does not match its checksum") }
        return Latents(frames: shape[0], height: shape[1], width: shape[2], channels: shape[3], values: values)
    }

    private func digest(_ values: [Float]) -> String {
        values.withUnsafeBytes { SHA256.hex(of: $0) }
    }
}
