import Diffusion
import Foundation
import Models
import Pictures
import RenderPlan
import Video

/// Makes the files of one segment from the files of its parents. It knows neither which segment comes next nor who
/// runs it.
struct SegmentMaker: Sendable {
    /// What happens on the way.
    enum News {
        /// Nothing was there: computing begins.
        case started
        case stepped(step: Int, of: Int, seconds: Double)
        /// Pixels and H.264 of the segment's chunk.
        case decoded(seconds: Double)
        case damaged(file: URL, setAside: URL?, reason: String)
    }

    let model: Model
    let workspace: Workspace

    /// - Parameters:
    ///   - format: of the film
    ///   - isWanted: asked between two steps; false gives the segment up
    /// - Returns: `made`, `reused`, `abandoned` or `needs`
    /// - Throws: `RenderFailure`
    func make(
        _ work: SegmentWork, format: VideoFormat, isWanted: () -> Bool, report: (News) -> Void
    ) throws -> Outcome {
        let clock = ContinuousClock()
        let start = clock.now
        if let chunk = work.chunk {
            switch try workspace.chunk(chunk.fingerprint, frames: chunk.frames.count, format: format) {
            case .whole: return .reused
            case .missing: break
            case .damaged(let file, let setAside, let reason):
                report(.damaged(file: file, setAside: setAside, reason: reason))
            }
        }
        var latents = try load(work.latents, report)
        if latents != nil && work.chunk == nil { return .reused }

        guard isWanted() else { return .abandoned(started: false) }
        if latents == nil {
            var ends: [[Float]] = []
            for parent in work.parents {
                guard let made = try load(parent.latents, report) else { return .needs([parent.segment]) }
                ends.append(Array(made[parent.frame]))
            }
            report(.started)
            latents = try denoise(work, ends: ends, isWanted: isWanted, report: report)
            guard let latents else { return .abandoned(started: true) }
            try workspace.save(latents, as: work.latents)
        } else {
            report(.started)
        }
        if let chunk = work.chunk, let latents {
            guard isWanted() else { return .abandoned(started: true) }
            let decoding = clock.now
            try encode(latents, of: work.segment, chunk, format: format)
            report(.decoded(seconds: (clock.now - decoding).inSeconds))
        }
        return .made(seconds: (clock.now - start).inSeconds)
    }

    private func load(_ fingerprint: Fingerprint, _ report: (News) -> Void) throws -> Latents? {
        switch try workspace.latents(fingerprint, shape: model.latentsShape) {
        case .whole(let latents): return latents
        case .missing: return nil
        case .damaged(let file, let setAside, let reason):
            report(.damaged(file: file, setAside: setAside, reason: reason))
            return nil
        }
    }

    /// Nil if it was given up.
    private func denoise(
        _ work: SegmentWork, ends: [[Float]], isWanted: () -> Bool, report: (News) -> Void
    ) throws -> Latents? {
        do {
            var iterator = try DenoiseIterator(
                model: model,
                request: SegmentRequest(
                    seed: work.seed, depth: work.segment.depth, stride: work.stride, frames: work.frames,
                    prompts: work.prompts, first: ends.first, last: ends.last))
            let clock = ContinuousClock()
            while !iterator.isFinished {
                let start = clock.now
                try iterator.step()
                report(
                    .stepped(
                        step: iterator.position, of: iterator.stepCount, seconds: (clock.now - start).inSeconds))
                guard isWanted() else { return nil }
            }
            return iterator.latents
        } catch {
            throw RenderFailure.network(segment: work.segment, reason: "\(error)")
        }
    }

    private func encode(
        _ latents: Latents, of segment: SegmentID, _ chunk: SegmentWork.ChunkWork, format: VideoFormat
    ) throws {
        let images: [Image]
        do {
            // All frames are decoded, also one that the next chunk shows: the temporal layers look at neighbours.
            images = Array(try model.decode(latents)[chunk.frames])
        } catch {
            throw RenderFailure.network(segment: segment, reason: "\(error)")
        }
        let bytes: Data
        do {
            bytes = try Chunk.encode(images, format: format)
        } catch {
            throw RenderFailure.video(path: workspace.chunk(chunk.fingerprint).path, reason: "\(error)")
        }
        try workspace.saveChunk(bytes, as: chunk.fingerprint)
    }
}

extension Model {
    /// [F, h, w, c]
    var latentsShape: [Int] {
        let latent = configuration.latentShape
        return [configuration.segmentFrames, latent.height, latent.width, latent.channels]
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
