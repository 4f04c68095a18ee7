import Diffusion
import Foundation
import Models
import Pictures
import Plans
import Video

/// Makes the files of one segment from the files of its parents. It knows neither which segment comes next nor who
/// runs it.
struct SegmentMaker: Sendable {
    let model: Model
    let network: NetworkIdentity
    let workspace: Workspace
    /// Helps with the segment of depth 0, beside which its film has nothing to do.
    var hand: SecondHand?
    private let prompts = EncodedPrompts()

    /// - Parameters:
    ///   - worker: who makes it, as it is to be told
    ///   - isWanted: asked between two steps; false gives the segment back
    ///   - report: called on this thread
    func make(
        _ task: SegmentTask, worker: String?, isWanted: () -> Bool, report: (SegmentNews) -> Void
    ) -> SegmentOutcome {
        do {
            return try tryMaking(task, worker: worker, isWanted: isWanted, report: report)
        } catch is ParentLost {
            return .parentLost
        } catch {
            return .failed(failure: RenderFailure(error))
        }
    }

    private func tryMaking(
        _ task: SegmentTask, worker: String?, isWanted: () -> Bool, report: (SegmentNews) -> Void
    ) throws -> SegmentOutcome {
        let clock = ContinuousClock()
        let start = clock.now
        try refuseForeign(task)
        if try workspace.holds(task, report: report) { return .reused }
        guard isWanted() else { return .givenBack(started: false) }

        // Before anything else is read, so that a death by a file that cannot be read has a culprit.
        report(.started(worker: worker))
        let fingerprint = try Fingerprint(of: task.latents)
        let latents = try secure(task.latents, as: fingerprint, of: task.segment, isWanted: isWanted, report: report)
        guard let latents else { return .givenBack(started: true) }
        if let chunk = task.chunk {
            guard isWanted() else { return .givenBack(started: true) }
            let decoding = clock.now
            try encode(latents, of: task.segment, chunk)
            report(.decoded(seconds: (clock.now - decoding) / .seconds(1)))
        }
        return .made(seconds: (clock.now - start) / .seconds(1))
    }

    /// What is hashed is what is computed from: a task that names another network or sampler than those at hand would
    /// give files that are not what their names say.
    private func refuseForeign(_ task: SegmentTask) throws {
        guard task.network == network else {
            throw RenderFailure.foreign(segment: task.segment, wanted: "\(task.network)", here: "\(network)")
        }
        let sampling = SamplingIdentity(
            model.configuration, depth: task.segment.depth, stride: task.latents.request.stride)
        guard task.latents.sampling == sampling else {
            throw RenderFailure.foreign(
                segment: task.segment, wanted: "\(task.latents.sampling)", here: "\(sampling)")
        }
    }

    /// - Parameter frames: how many it has, as all segments of one film
    private func load(_ fingerprint: Fingerprint, frames: Int, _ report: (SegmentNews) -> Void) throws -> Latents? {
        switch try workspace.latents(fingerprint, shape: model.latentsShape(frames: frames)) {
        case .whole(let latents): return latents
        case .missing: return nil
        case .damaged(let damage):
            report(damage.news)
            return nil
        }
    }

    private struct ParentLost: Error {}

    /// Latents from their checkpoint, or made into one. Nil if they were given up.
    private func secure(
        _ identity: LatentsIdentity, as fingerprint: Fingerprint, of segment: SegmentID, isWanted: () -> Bool,
        report: (SegmentNews) -> Void
    ) throws -> Latents? {
        var known: [Int: [Float]] = [:]
        if case .frames(let places, let earlier) = identity.kept {
            // The take before it comes first, even where this one's own file is there: segments below read a kept keyframe from the take
            // that made it.
            let take = try secure(
                earlier, as: Fingerprint(of: earlier), of: segment, isWanted: isWanted, report: report)
            guard let take else { return nil }
            for place in places { known[place] = Array(take[place]) }
        }
        let frames = identity.request.frames.count
        if let latents = try load(fingerprint, frames: frames, report) { return latents }
        for (place, parent) in zip([0, frames - 1], identity.parents) {
            guard let made = try load(parent.latents, frames: frames, report) else { throw ParentLost() }
            known[place] = Array(made[parent.frame])
        }
        guard let latents = try denoise(identity, known, of: segment, isWanted: isWanted, report: report) else {
            return nil
        }
        try workspace.save(latents, as: fingerprint)
        return latents
    }

    /// Nil if it was given up.
    private func denoise(
        _ identity: LatentsIdentity, _ known: [Int: [Float]], of segment: SegmentID, isWanted: () -> Bool,
        report: (SegmentNews) -> Void
    ) throws -> Latents? {
        do {
            guard let judge = model.judge, identity.request.depth == 0 else {
                return try draw(0, of: 1, identity, known, isWanted: isWanted, report: report)
            }
            let draws = judge.configuration.draws
            return try judged(judge, identity.request, known) { number throws(SegmentError) in
                try draw(number, of: draws, identity, known, isWanted: isWanted, report: report)
            }
        } catch {
            throw RenderFailure.network(segment: segment, cause: error)
        }
    }

    /// Keyframes, drawn until the judge sees all that the prompts say, or as often as the model says; then each prompt has the best of its
    /// draws. What is known is as it is in all of them, right or not.
    private func judged(
        _ judge: Judge, _ request: SegmentRequest, _ known: [Int: [Float]],
        _ draw: (Int) throws(SegmentError) -> Latents?
    ) throws(SegmentError) -> Latents? {
        var (draws, judgements): ([Latents], [[Judgement]]) = ([], [])
        for number in 0..<judge.configuration.draws {
            guard let latents = try draw(number) else { return nil }
            let seen = judge.judgements(
                on: try model.decode(latents), prompts: request.prompts, stride: request.stride)
            draws.append(latents)
            judgements.append(seen.enumerated().map { known[$0] == nil ? $1 : Judgement(isCastRight: true) })
            if Draws.isSettled(prompts: request.prompts, judgements: judgements) { break }
        }
        var latents = draws[0]
        for (frame, number) in Draws.choice(prompts: request.prompts, judgements: judgements).enumerated() {
            latents[frame] = draws[number][frame]
        }
        return latents
    }

    private func draw(
        _ number: Int, of draws: Int, _ identity: LatentsIdentity, _ known: [Int: [Float]], isWanted: () -> Bool,
        report: (SegmentNews) -> Void
    ) throws(SegmentError) -> Latents? {
        var iterator = try DenoiseIterator(
            model: model, request: identity.request, known: known, draw: number, encoded: prompts,
            hand: identity.request.depth == 0 ? hand : nil)
        let clock = ContinuousClock()
        while !iterator.isFinished {
            let start = clock.now
            try iterator.step()
            // As if all draws were needed: the last one that is may come sooner.
            report(
                .stepped(
                    step: number * iterator.stepCount + iterator.position, of: draws * iterator.stepCount,
                    seconds: (clock.now - start) / .seconds(1)))
            guard isWanted() else { return nil }
        }
        return iterator.latents
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
    func latentsShape(frames: Int) -> [Int] {
        let latent = configuration.latentShape
        return [frames, latent.height, latent.width, latent.channels]
    }
}
