package import Cartoon
package import Diffusion
import Files
package import Foundation
import Tensors

/// Clips as latents: one file of a cache, in the safetensors format so that the PyTorch twin reads it as well.
///
/// `latents` is [N, F, h, w, c], 16-bit floats, normalised as the denoiser sees them. What else is known of the clips stands as JSON
/// under `clips` in the metadata; `encoder` there is the hash of the encoder's weights, since latents of one encoder mean nothing to another.
package struct LatentShard: Sendable {
    /// What is known of one clip beside its latents; names as in ``Clip``.
    package struct Description: Codable, Sendable, Equatable {
        package let stride: Int
        package let frames: [Int]
        package let runs: [Clip.Run]
        package let run: [Int]
        package let figures: [[Truth.Figure]]?

        package init(of clip: Clip) {
            (stride, frames, runs, run) = (clip.stride, clip.frames, clip.runs, clip.run)
            figures = clip.figures
        }
    }

    package var clips: [(latents: Latents, description: Description)] = []
    package let encoder: String

    /// - Parameter encoder: the hash of the encoder's weights
    package init(encoder: String) {
        self.encoder = encoder
    }

    /// Writes the shard so that a reader sees all of it or nothing.
    ///
    /// - Precondition: there is a clip, and all have as many frames.
    /// - Throws: `SystemError`
    package func write(to url: URL) throws {
        let first = clips[0].latents
        precondition(clips.allSatisfy { $0.latents.frames == first.frames }, "clips of one shard are equally long")
        let json = try JSONEncoder().encode(clips.map(\.description))
        var file = SafetensorsWriter(metadata: ["clips": String(decoding: json, as: UTF8.self), "encoder": encoder])
        file.add(
            "latents", shape: [clips.count, first.frames, first.height, first.width, first.channels],
            values: clips.flatMap(\.latents.values), as: .f16)
        try DurableFile.write(file.data(), to: url)
    }
}

/// A shard on disk, read clip by clip: what one training step asks for is a sliver of it.
package final class LatentShardFile: Sendable {
    /// Frames of each clip.
    package let frames: Int
    package let clips: [LatentShard.Description]
    /// The hash of the autoencoder's weights.
    package let encoder: String
    private let file: SafetensorsFile
    /// Height, width and channels of a frame.
    package let frameShape: [Int]

    /// Throws a `SafetensorsError` that names the file and what it lacks.
    package init(_ url: URL) throws {
        file = try SafetensorsFile(url)
        func refused(_ problem: String) -> SafetensorsError {
            SafetensorsError(file: url.path, tensor: "latents", problem: problem)
        }
        guard let shape = file.shape(of: "latents"), shape.count == 5 else {
            throw refused("is not there as [N, F, h, w, c]; is this a shard of latents?")
        }
        guard let json = file.metadata["clips"], let encoder = file.metadata["encoder"] else {
            throw refused("lacks what is known of its clips in the metadata")
        }
        let clips: [LatentShard.Description]
        do {
            clips = try JSONDecoder().decode([LatentShard.Description].self, from: Data(json.utf8))
        } catch {
            throw refused("has something else in the metadata than what is known of its clips: \(error)")
        }
        guard clips.count == shape[0], clips.allSatisfy({ $0.run.count == shape[1] && $0.isWhole }) else {
            throw refused("holds \(shape[0]) clips of \(shape[1]) frames, but its metadata tells of others")
        }
        frames = shape[1]
        frameShape = Array(shape[2...])
        self.clips = clips
        self.encoder = encoder
    }

    /// The latents of a clip: its frames as T-KLVAE's encoder left them, normalised.
    /// - Throws: `SafetensorsError`
    package func latents(ofClip clip: Int) throws -> Latents {
        Latents(
            frames: frames, height: frameShape[0], width: frameShape[1], channels: frameShape[2],
            values: try file.floats("latents", items: clip..<clip + 1))
    }
}

extension LatentShard.Description {
    /// Whether each frame has a run, and figures if any has, and each run a wording.
    fileprivate var isWhole: Bool {
        run.allSatisfy(runs.indices.contains) && runs.allSatisfy { !$0.wordings.isEmpty }
            && (figures.map { $0.count == run.count } ?? true)
    }
}
