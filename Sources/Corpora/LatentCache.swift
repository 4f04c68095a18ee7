package import Diffusion
import Files
package import Foundation
import Synchronization

/// A folder of shards that is filled while training reads it: drawing and encoding happen beside the training, never in its way.
///
/// Shards are numbered without gaps as they are begun; each number's clips are a function of it. When the folder is over its bound, the oldest
/// shards go, so that training always has something that it has not seen often.
package final class LatentCache: Sendable {
    /// Kinds of clips, each with its share of the frames.
    package typealias Mix = [(kind: ClipKind, share: Double)]

    private static let mix: Mix = [
        (.still, 0.2),
        (ClipKind(frames: 16, strides: 60...225), 0.28),
        (ClipKind(frames: 16, strides: 226...3375), 0.04),
        (ClipKind(frames: 16, strides: 16...59), 0.04),
        (ClipKind(frames: 16, strides: 4...30), 0.28),
        (ClipKind(frames: 16, strides: 1...3), 0.16),
    ]

    /// Frames of a shard.
    package static let shardFrames = 512

    private let folder: URL
    private let corpus: any Corpus
    private let model: Model
    private let bound: Int
    private let next: Mutex<Int>

    /// - Parameter bound: how many bytes of shards are kept.
    package init(folder: URL, corpus: any Corpus, model: Model, bound: Int) throws {
        try DurableFile.makeDirectory(folder)
        self.folder = folder
        self.corpus = corpus
        self.model = model
        self.bound = bound
        next = Mutex((try Self.shards(in: folder).last?.number).map { $0 + 1 } ?? 0)
    }

    /// The shards that are there, oldest first.
    package static func shards(in folder: URL) throws -> [(number: Int, url: URL)] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).compactMap { url in
            guard url.pathExtension == "safetensors", let number = Int(url.lastPathComponent.prefix { $0.isNumber })
            else { return nil }
            return (number, url)
        }.sorted { $0.number < $1.number }
    }

    /// Makes the next shard, on the calling thread, and drops old ones. Several threads may fill one cache.
    package func fill() throws -> URL {
        let number = next.withLock { next in
            defer { next += 1 }
            return next
        }
        let kind = kind(ofShard: number)
        var shard = LatentShard(encoder: model.encoderHash)
        let clips = Self.shardFrames / kind.frames
        for place in 0..<clips {
            let clip = try corpus.clip(UInt64(number * Self.shardFrames + place), of: kind)
            shard.clips.append((model.encode(apart: clip.pictures), LatentShard.Description(of: clip)))
        }
        let url = folder.appending(path: String(format: "%06d-%d.safetensors", number, kind.frames))
        try shard.write(to: url)
        try prune()
        return url
    }

    /// Kinds take turns so that any stretch of shards has them in their shares (a low-discrepancy sequence of the golden ratio).
    private func kind(ofShard number: Int) -> ClipKind {
        let place = (Double(number) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
        var sum = 0.0
        let total = Self.mix.reduce(0) { $0 + $1.share }
        for (kind, share) in Self.mix {
            sum += share / total
            if place < sum { return kind }
        }
        return Self.mix[Self.mix.count - 1].kind
    }

    private func prune() throws {
        var shards = try Self.shards(in: folder)
        var bytes = try shards.map { try $0.url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0 }
        while bytes.reduce(0, +) > bound, shards.count > 1 {
            let oldest = shards.removeFirst().url
            guard unlink(oldest.path) == 0 || errno == ENOENT else {
                // Else the folder would grow beyond its bound and nobody know of it. Another thread may have been first.
                throw SystemError("remove", oldest.path)
            }
            bytes.removeFirst()
        }
    }
}
