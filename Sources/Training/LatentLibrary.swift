import Cartoon
import Corpora
import Diffusion
import Files
import Foundation
import Models
import Synchronization
import Tensors

/// A clip, or a single picture, as one step learns from it.
struct Excerpt {
    /// [F, h, w, c]
    let latents: Latents
    /// Film frames between two neighbours.
    let stride: Int
    /// By frame.
    let prompts: [String]
    /// By frame, all the ways to tell what it shows.
    let wordings: [[String]]
    /// By frame: who is where; nil where nobody knows.
    let figures: [[Truth.Figure]]?
}

/// The shards of a folder, which may be filled and pruned meanwhile. What is drawn depends on the random numbers and on which shards
/// there are.
final class LatentLibrary: Sendable {
    /// Where a clip is.
    private struct Place {
        let shard: URL
        let clip: Int
        let frames: Int
        let stride: Int
    }

    private struct State: ~Copyable {
        /// By shard, in the order of their names.
        var shards: [(url: URL, places: [Place])] = []
        var open: [(url: URL, file: LatentShardFile)] = []
    }

    /// Shards that are kept open with what is known of their clips; a few megabytes.
    private static let openAtMost = 64

    private let folder: URL
    private let frameShape: [Int]
    private let encoder: String
    private let tellsFigures: Bool
    private let state = Mutex(State())

    /// Throws ``TrainingError/noLatents(folder:)``.
    ///
    /// - Parameter tellsFigures: whether it is to be known of each frame who is where.
    init(folder: URL, model: Model, tellsFigures: Bool = false) throws {
        self.folder = folder
        self.tellsFigures = tellsFigures
        encoder = model.encoderHash
        let shape = model.configuration.latentShape
        frameShape = [shape.height, shape.width, shape.channels]
        try refresh()
    }

    /// Looks again which shards there are. Only new ones are read.
    func refresh() throws {
        let found: [(number: Int, url: URL)]
        do {
            found = try LatentCache.shards(in: folder)
        } catch {
            if SystemError(behind: error)?.code == ENOENT { throw TrainingError.noLatents(folder: folder.path) }
            throw error
        }
        guard !found.isEmpty else { throw TrainingError.noLatents(folder: folder.path) }
        let known = Dictionary(uniqueKeysWithValues: state.withLock { $0.shards.map { ($0.url, $0.places) } })
        let shards = try found.map { _, url in
            if let places = known[url] { return (url, places) }
            let file = try read(url)
            return (
                url, file.clips.enumerated().map { Place(shard: url, clip: $0, frames: file.frames, stride: $1.stride) }
            )
        }
        state.withLock { $0.shards = shards }
    }

    /// An example of `kind`, of `frames` neighbouring frames. A still is the frame of a shard of single ones, or any frame of a clip in which
    /// neighbours share no motion.
    ///
    /// - Parameter neighbours: chooses the shard. Examples that are given the same numbers come from the same one.
    func excerpt(
        of kind: DenoiserRecipe.Kind, frames: Int, neighbours: inout RandomStream, _ random: inout RandomStream
    ) throws -> Excerpt {
        func fits(_ place: Place) -> Bool {
            if kind.isStills { return place.frames == 1 || place.stride >= ClipKind.wide }
            return place.frames >= frames && kind.strideRange.contains(place.stride)
        }
        // A shard may vanish while it is asked for; then another is drawn.
        for _ in 0..<100 {
            let places = state.withLock { state in
                let fitting = state.shards.filter { $0.places.contains(where: fits) }
                return fitting.isEmpty ? [] : fitting[neighbours.below(fitting.count)].places.filter(fits)
            }
            guard !places.isEmpty else { break }
            let place = places[random.below(places.count)]
            if let shard = try open(place.shard) { return try excerpt(shard, place.clip, frames: frames, &random) }
            try refresh()
        }
        throw TrainingError.noExamples(folder: folder.path, kind: kind)
    }

    private func excerpt(
        _ shard: LatentShardFile, _ clip: Int, frames count: Int, _ random: inout RandomStream
    ) throws -> Excerpt {
        let known = shard.clips[clip]
        let first = random.below(shard.frames - count + 1)
        let whole = try shard.latents(ofClip: clip)
        let latents = Latents(
            frames: count, height: whole.height, width: whole.width, channels: whole.channels,
            values: Array(whole.values[first * whole.frameCount..<(first + count) * whole.frameCount]))
        let wordings = known.runs.map { $0.wordings[random.below($0.wordings.count)] }
        let runs = known.run[first..<first + count]
        return Excerpt(
            latents: latents, stride: known.stride, prompts: runs.map { wordings[$0] },
            wordings: runs.map { known.runs[$0].wordings },
            figures: known.figures.map { Array($0[first..<first + count]) })
    }

    /// nil if it is not there any more.
    private func open(_ url: URL) throws -> LatentShardFile? {
        if let open = state.withLock({ state in state.open.first { $0.url == url }?.file }) { return open }
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let file = try read(url)
        state.withLock { state in
            state.open.append((url, file))
            if state.open.count > Self.openAtMost { state.open.removeFirst() }
        }
        return file
    }

    private func read(_ url: URL) throws -> LatentShardFile {
        let file = try LatentShardFile(url)
        guard file.frameShape == frameShape else {
            throw TrainingError.otherLatents(
                file: url.path, problem: "its latents are of \(file.frameShape), those of the model of \(frameShape)")
        }
        guard file.encoder == encoder else {
            throw TrainingError.otherLatents(
                file: url.path,
                problem: "its latents were made by another autoencoder than the model's; `nuwa latents` makes new ones")
        }
        if tellsFigures && file.clips.contains(where: { $0.figures == nil }) {
            throw TrainingError.otherLatents(
                file: url.path,
                problem: "its clips do not tell who is where, which the recipe's `figures` needs. Make the folder anew "
                    + "with `nuwa latents`, without --corpus, since of films nobody knows; or leave `figures` out")
        }
        return file
    }
}
