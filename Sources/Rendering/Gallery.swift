package import Diffusion
package import Foundation
package import Pictures
package import Plans
import Synchronization
import Threads
import Video

/// Pictures of what is there of films that are being made. They are decoded on one thread, when somebody asks for them, and the newest
/// are kept; between two segments that thread rests as long as the first took, so that rendering goes on beside it.
package final class Gallery: Sendable {
    private let painter: Painter
    /// What is to be painted; each returns whether it took long.
    private let queue = WorkQueue<@Sendable () -> Bool>(limit: 64)

    /// How much of pictures is kept, as PNG.
    private static let shelfBytes = 32 << 20

    /// Starts the thread.
    package init(model: Model, network: NetworkIdentity, workspace: Workspace) {
        painter = Painter(model: model, network: network, workspace: workspace, shelf: Shelf(bytes: Self.shelfBytes))
        let thread = Thread { [queue] in
            let clock = ContinuousClock()
            // Newest first: who scrolls on has no use for what he left behind.
            while let work = queue.takeNewest() {
                let start = clock.now
                if work() { Thread.sleep(forTimeInterval: min(2, (clock.now - start) / .seconds(1))) }
            }
        }
        thread.name = "pictures"
        // Networks recurse deeper than a queue's threads allow.
        thread.stackSize = 16 << 20
        thread.start()
    }

    deinit { queue.close() }

    /// The PNG of one frame of a segment; nil where its latents are not there (any more).
    /// - Throws: `RenderFailure`, `PicturesBusy`
    package func png(_ place: Int, of segment: SegmentID, of job: RenderJob) async throws -> Data? {
        if let kept = try painter.kept(segment, of: job) { return kept.indices.contains(place) ? kept[place] : nil }
        let all = try await paint(segment, of: job)
        return all.flatMap { $0.indices.contains(place) ? $0[place] : nil }
    }

    private func paint(_ segment: SegmentID, of job: RenderJob) async throws -> [Data]? {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = queue.put { [painter] in
                let result = Result { try painter.paint(segment, of: job) }
                continuation.resume(with: result)
                return (try? result.get()) != nil
            }
            if !isTaken { continuation.resume(throwing: PicturesBusy()) }
        }
    }

    /// Pictures of a whole depth, evenly spaced from its first to its last, each with its film frame.
    /// - Parameter count: how many at most
    /// - Returns: nil where not all of them are there
    /// - Throws: `RenderFailure`, `PicturesBusy`
    package func pictures(
        ofDepth depth: Int, of job: RenderJob, count: Int
    ) async throws -> [(frame: Int, image: Image)]? {
        let plan = job.plan
        let stride = plan.stride(atDepth: depth)
        let total = (plan.frames - 1) / stride + 1
        let wanted = min(count, total)
        var pictures: [(frame: Int, image: Image)] = []
        for index in (0..<wanted).map({ wanted == 1 ? 0 : $0 * (total - 1) / (wanted - 1) }) {
            // Of two segments that share a frame, the one that it begins, but for the very last.
            let segment = min(index / (plan.segmentFrames - 1), plan.segmentCount(atDepth: depth) - 1)
            let place = index - segment * (plan.segmentFrames - 1)
            let id = SegmentID(depth: depth, index: segment)
            guard let png = try await png(place, of: id, of: job) else { return nil }
            pictures.append((frame: index * stride, image: try Image(png: png, called: "\(id)")))
        }
        return pictures
    }
}

/// More pictures are asked for than are made in a while.
package struct PicturesBusy: Error, CustomStringConvertible {
    package let description = "too many pictures are asked for at a time; ask again in a moment"
}

/// Makes pictures, and remembers them.
private struct Painter: Sendable {
    let model: Model
    let network: NetworkIdentity
    let workspace: Workspace
    let shelf: Shelf

    /// By place in the segment.
    func kept(_ segment: SegmentID, of job: RenderJob) throws -> [Data]? {
        shelf.find(try fingerprint(segment, of: job))
    }

    /// nil where there are no latents.
    func paint(_ segment: SegmentID, of job: RenderJob) throws -> [Data]? {
        let fingerprint = try fingerprint(segment, of: job)
        if let kept = shelf.find(fingerprint) { return kept }
        guard case .whole(let latents) = try workspace.latents(fingerprint, shape: nil) else { return nil }
        let images: [Image]
        do {
            images = try model.decode(latents)
        } catch {
            throw RenderFailure.network(segment: segment, cause: error)
        }
        let pngs = try images.map { try $0.png() }
        shelf.put(pngs, as: fingerprint)
        return pngs
    }

    private func fingerprint(_ segment: SegmentID, of job: RenderJob) throws -> Fingerprint {
        try Blueprint.fingerprint(
            of: segment, job: job, configuration: model.configuration, network: network)
    }
}

/// The newest pictures, up to so many bytes.
private final class Shelf: Sendable {
    private struct State {
        var pictures: [Fingerprint: [Data]] = [:]
        /// Oldest use first.
        var order: [Fingerprint] = []
        var bytes = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(bytes: Int) { limit = bytes }

    func find(_ fingerprint: Fingerprint) -> [Data]? {
        state.withLock { state in
            guard let found = state.pictures[fingerprint] else { return nil }
            state.order.removeAll { $0 == fingerprint }
            state.order.append(fingerprint)
            return found
        }
    }

    func put(_ pictures: [Data], as fingerprint: Fingerprint) {
        state.withLock { state in
            guard state.pictures.updateValue(pictures, forKey: fingerprint) == nil else { return }
            state.order.append(fingerprint)
            state.bytes += pictures.reduce(0) { $0 + $1.count }
            while state.bytes > limit, state.order.count > 1 {
                let gone = state.pictures.removeValue(forKey: state.order.removeFirst()) ?? []
                state.bytes -= gone.reduce(0) { $0 + $1.count }
            }
        }
    }
}
