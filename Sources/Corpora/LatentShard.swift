package import Diffusion
package import Foundation
import Tensors

/// Clips as latents: one file of a cache, in the safetensors format so that the PyTorch twin reads it as well.
///
/// `latents` is [N, F, h, w, c], 16-bit floats, normalised as the denoiser sees them. What else is known of the clips stands as JSON
/// under `clips` in the metadata; `model` there is the hash of the encoder's weights, since latents of one encoder mean nothing to another.
package struct LatentShard: Sendable {
    /// What is known of one clip beside its latents; names as in ``Clip``.
    package struct Description: Codable, Sendable, Equatable {
        package let stride: Int
        package let frames: [Int]
        package let runs: [Clip.Run]
        package let run: [Int]

        package init(of clip: Clip) {
            (stride, frames, runs, run) = (clip.stride, clip.frames, clip.runs, clip.run)
        }
    }

    package var clips: [(latents: Latents, description: Description)] = []
    package let encoder: String

    package init(encoder: String) {
        self.encoder = encoder
    }

    /// Writes the shard so that a reader sees all of it or nothing.
    ///
    /// - Precondition: there is a clip, and all have as many frames.
    package func write(to url: URL) throws {
        let first = clips[0].latents
        precondition(clips.allSatisfy { $0.latents.frames == first.frames }, "clips of one shard are equally long")
        let json = try JSONEncoder().encode(clips.map(\.description))
        var file = SafetensorsWriter(metadata: ["clips": String(decoding: json, as: UTF8.self), "encoder": encoder])
        file.add(
            "latents", shape: [clips.count, first.frames, first.height, first.width, first.channels],
            values: clips.flatMap(\.latents.values), as: .f16)
        try file.data().write(to: url, options: .atomic)
    }
}
