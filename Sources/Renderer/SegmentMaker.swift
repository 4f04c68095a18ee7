import Diffusion
import Foundation
import Models
import Pictures
import RenderPlan
import Video

/// Makes the files of one segment from the files of its parents. It knows neither which segment comes next nor who
/// runs it.
struct SegmentMaker: Sendable {
    let model: Model
    let network: NetworkIdentity
    let workspace: Workspace
    private let prompts = EncodedPrompts()

    /// - Parameters:
    ///   - isWanted: asked between two steps; false gives the segment back
    ///   - report: called on this thread
    func make(
        _ task: SegmentTask, isWanted: () -> Bool, report: (SegmentNews) -> Void
    ) -> SegmentOutcome {
        do {
            return try tryMaking(task, isWanted: isWanted, report: report)
        } catch {
            return .failed(failure: RenderFailure(error))
        }
    }

    private func tryMaking(
        _ task: SegmentTask, isWanted: () -> Bool, report: (SegmentNews) -> Void
    ) throws -> SegmentOutcome {
        let clock = ContinuousClock()
        let start = clock.now
        try refuseForeign(task)
        if try workspace.holds(task, report: report) { return .reused }
        guard isWanted() else { return .givenBack(started: false) }

        // Before anything else is read, so that a death by a file that cannot be read has a culprit.
        report(.started)
        let fingerprint = try Fingerprint(of: task.latents)
        // Without a chunk to make, latents that were there would have been all there is to do.
        var latents = task.chunk == nil ? nil : try load(fingerprint, report)
        if latents == nil {
            var ends: [[Float]] = []
            for parent in task.latents.parents {
                guard let made = try load(parent.latents, report) else { return .parentLost }
                ends.append(Array(made[parent.frame]))
            }
            latents = try denoise(task, ends: ends, isWanted: isWanted, report: report)
            guard let latents else { return .givenBack(started: true) }
            try workspace.save(latents, as: fingerprint)
        }
        if let chunk = task.chunk, let latents {
            guard isWanted() else { return .givenBack(started: true) }
            let decoding = clock.now
            try encode(latents, of: task.segment, chunk)
            report(.decoded(seconds: (clock.now - decoding).inSeconds))
        }
        return .made(seconds: (clock.now - start).inSeconds)
    }

    /// What is hashed is what is computed from: a task that names another network or sampler than those at hand would
    /// give files that are not what their names say.
    private func refuseForeign(_ task: SegmentTask) throws {
        guard task.network == network else {
            throw RenderFailure.foreign(segment: task.segment, wanted: "\(task.network)", here: "\(network)")
        }
        let sampling = SamplingIdentity(
            model.configuration.sampling, depth: task.segment.depth, stride: task.latents.request.stride)
        guard task.latents.sampling == sampling else {
            throw RenderFailure.foreign(
                segment: task.segment, wanted: "\(task.latents.sampling)", here: "\(sampling)")
        }
    }

    private func load(_ fingerprint: Fingerprint, _ report: (SegmentNews) -> Void) throws -> Latents? {
        switch try workspace.latents(fingerprint, shape: model.latentsShape) {
        case .whole(let latents): return latents
        case .missing: return nil
        case .damaged(let damage):
            report(damage.news)
            return nil
        }
    }

    /// Nil if it was given up.
    private func denoise(
        _ task: SegmentTask, ends: [[Float]], isWanted: () -> Bool, report: (SegmentNews) -> Void
    ) throws -> Latents? {
        do {
            var iterator = try DenoiseIterator(
                model: model, request: task.latents.request, first: ends.first, last: ends.last,
                encoded: prompts)
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
            throw RenderFailure.network(segment: task.segment, cause: error)
        }
    }

    private func encode(_ latents: Latents, of segment: SegmentID, _ chunk: ChunkIdentity) throws {
        let images: [Image]
        do {
            // All frames are decoded, also one that the next chunk shows: the temporal layers look at neighbours.
            images = Array(try model.decode(latents)[chunk.frames])
        } catch {
            throw RenderFailure.network(segment: segment, cause: error)
        }
        let fingerprint = try Fingerprint(of: chunk)
        do {
            let encoder = try EncoderIdentity(format: chunk.encoder.video)
            guard encoder == chunk.encoder else {
                throw RenderFailure.foreign(segment: segment, wanted: "\(chunk.encoder)", here: "\(encoder)")
            }
            try workspace.saveChunk(try Chunk.encode(images, format: chunk.encoder.video), as: fingerprint)
        } catch let cause as VideoError {
            throw RenderFailure.video(path: workspace.chunk(fingerprint).path, cause: cause)
        }
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
