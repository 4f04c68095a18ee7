package import Diffusion
package import Models

/// Makes the latents of whole films by a scheme, one clip after the other on the thread that asks: nothing of it is kept on the way.
package struct SchemeSampler: Sendable {
    package typealias Effort = ModelConfiguration.Sampling.Effort

    let model: Model
    package let scheme: Scheme
    /// What a clip is worth whose start is known. The model's document knows only clips of which nothing is known, or both ends.
    package let continuation: Effort
    private let prompts = EncodedPrompts()

    package init(model: Model, scheme: Scheme, continuation: Effort) {
        self.model = model
        self.scheme = scheme
        self.continuation = continuation
    }

    private var sampling: ModelConfiguration.Sampling { model.configuration.sampling }

    package func effort(_ clip: Clip) -> Effort {
        switch clip.known {
        case .none: sampling.effort(atDepth: 0, stride: clip.stride)
        case .start: continuation
        case .both: sampling.effort(atDepth: max(1, clip.depth), stride: clip.stride)
        }
    }

    /// Throws `RenderPlanError`, as all that goes by the clips.
    package func clips(frames: Int, prompt: (Int) -> String) throws -> [Clip] {
        try scheme.clips(frames: frames, segmentFrames: model.configuration.segmentFrameRange, prompt: prompt)
    }

    /// What its latents depend on, besides the model and the script.
    package struct Identity: Sendable, Equatable, Codable {
        let scheme: String
        /// nil where no clip knows its start alone.
        var continuation: Effort?
        /// nil but of a queue.
        var sampler: ModelConfiguration.Sampling.Kind?
        var coherence: Double?
    }

    /// Throws `RenderPlanError`.
    package func identity(frames: Int, prompt: (Int) -> String) throws -> Identity {
        if case .queue(let isCoherent, _) = scheme {
            return Identity(
                scheme: scheme.name, sampler: Self.queueSampler, coherence: isCoherent ? Self.coherence : 0)
        }
        let continues = try clips(frames: frames, prompt: prompt).contains { $0.known == .start }
        return Identity(scheme: scheme.name, continuation: continues ? continuation : nil)
    }

    /// Frames that are decoded together: of the hierarchy those of a finest segment, as in a render, of others the most that the network
    /// takes. Each group begins with the frame that the one before it ends with.
    package func groups(frames: Int) throws -> [ClosedRange<Int>] {
        var step = model.configuration.segmentFrames - 1
        if scheme == .hierarchy {
            let finest = try clips(frames: frames) { _ in "" }.first { $0.stride == 1 }
            step = (finest?.frames.count ?? step + 1) - 1
        }
        return stride(from: 0, to: max(1, frames - 1), by: step).map { $0...min($0 + step, frames - 1) }
    }

    /// Frames that begin another clip, or another group of pictures, than the frame before them.
    package func joins(frames: Int, prompt: (Int) -> String) throws -> Set<Int> {
        var joins = Set(try groups(frames: frames).map(\.lowerBound))
        if case .queue = scheme { return joins.subtracting([0]) }
        for clip in try clips(frames: frames, prompt: prompt) where clip.stride == 1 {
            // What both clips know is where one ends and the other begins.
            guard let start = clip.known == .both ? clip.frames[0] : clip.made.first?.frame else { continue }
            joins.insert(start)
        }
        return joins.subtracting([0])
    }

    /// What a film of so many frames costs.
    package func cost(frames: Int, prompt: (Int) -> String) throws -> Cost {
        let (clips, groups) = (try clips(frames: frames, prompt: prompt), try groups(frames: frames))
        func work(_ clip: Clip) -> (steps: Int, evaluations: Int) {
            let effort = effort(clip)
            return (effort.steps, effort.evaluations)
        }
        if case .queue(_, let length) = scheme {
            return Cost(
                queueOf: length, frames: frames, groups: groups,
                evaluationsPerStep: effort(clips[0]).evaluationsPerStep, beginning: work(clips[0]))
        }
        return Cost(clips: clips, groups: groups, effort: work)
    }

    /// The latents of a film, [frames, h, w, c]. Throws `RenderPlanError` and `SegmentError`.
    /// - Parameters:
    ///   - seed: of the noise.
    ///   - prompt: of a film frame, also of those beyond the last, which the last clips may have.
    package func latents(seed: UInt64, frames: Int, prompt: (Int) -> String) throws -> Latents {
        let clips = try clips(frames: frames, prompt: prompt)
        var made: [Int: [Float]] = [:]
        for clip in clips {
            let latents = try denoise(clip, seed: seed, known: made, prompt)
            for (place, frame) in clip.made where made[frame] == nil { made[frame] = Array(latents[place]) }
        }
        if case .queue(let isCoherent, let length) = scheme {
            made = try queue(
                seed: seed, frames: frames, length: length, coherence: isCoherent ? Self.coherence : 0, made, prompt)
        }
        let shape = model.configuration.latentShape
        return Latents(
            frames: frames, height: shape.height, width: shape.width, channels: shape.channels,
            values: (0..<frames).flatMap { made[$0]! })
    }

    private static let coherence = 0.5
    private static let queueSampler = ModelConfiguration.Sampling.Kind.ddim

    private func denoise(
        _ clip: Clip, seed: UInt64, known made: [Int: [Float]], _ prompt: (Int) -> String
    ) throws -> Latents {
        let request = SegmentRequest(
            seed: seed, depth: clip.depth, stride: clip.stride, frames: clip.frames, prompts: clip.frames.map(prompt))
        let known = Dictionary(uniqueKeysWithValues: clip.places.map { ($0, made[clip.frames[$0]]!) })
        var iterator = try DenoiseIterator(
            model: model, request: request, known: known, effort: effort(clip), encoded: prompts)
        while !iterator.isFinished { try iterator.step() }
        return iterator.latents
    }

    private func queue(
        seed: UInt64, frames: Int, length: Int, coherence: Double, _ made: [Int: [Float]], _ prompt: (Int) -> String
    ) throws -> [Int: [Float]] {
        let shape = model.configuration.latentShape
        let beginning = Latents(
            frames: length, height: shape.height, width: shape.width, channels: shape.channels,
            values: (0..<length).flatMap { made[$0]! })
        var queue = QueueIterator(
            model: model, seed: seed, prompts: (0..<frames + length).map(prompt), beginning: beginning,
            sampler: Self.queueSampler,
            guidance: effort(Clip(depth: 0, stride: 1, frames: Array(0..<length), places: [])).guidance,
            coherence: coherence, encoded: prompts)
        return try Dictionary(uniqueKeysWithValues: (0..<frames).map { ($0, try queue.next()) })
    }
}
