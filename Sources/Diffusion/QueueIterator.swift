package import Models
import Tensors

/// A film as a queue of frames with ever more noise (FIFO-Diffusion, Kim et al. 2024, arXiv 2405.11473): each step takes the noise of every
/// frame in it one level down, which finishes the first, and appends a frame of noise alone. The network is given timesteps by frame, which
/// no training has shown it: something to compare with, not to render by.
///
/// Belongs to the thread that made it.
package struct QueueIterator {
    /// What the network evaluates in one step.
    package let evaluationsPerStep: Int

    private let model: Model
    private let prompts: [String]
    private let noise: Noise
    private let sampler: Sampler
    private let guidance: Float
    private let visual: MTD.Visual
    private let encoded: EncodedPrompts
    /// How much of the variance of a new frame's noise is that of the frame before it.
    private let coherence: Double
    /// The film frame that comes out next.
    private var first = 0
    /// By frame of the queue, from the least noise to the most.
    private var queue: Latents
    /// What the last step took each one's clean latents for; nil of the last, which has not been through one.
    private var clean: [[Float]?]
    private var tail: [Float]

    /// - Parameters:
    ///   - prompts: of all film frames, and of as many beyond the last as the queue has.
    ///   - beginning: the film's first frames, as another sampler made them: as many as the queue is to have.
    ///   - coherence: how much of its variance a new frame's noise has in common with that of the frame before it
    package init(
        model: Model, seed: UInt64, prompts: [String], beginning: Latents,
        sampler kind: ModelConfiguration.Sampling.Kind,
        guidance: Double, coherence: Double, encoded: EncodedPrompts = EncodedPrompts()
    ) {
        let (c, length) = (model.configuration, beginning.frames)
        precondition(prompts.count >= length, "\(prompts.count) prompts for a queue of \(length) frames")
        self.model = model
        self.prompts = prompts
        self.guidance = Float(guidance)
        self.coherence = coherence
        self.encoded = encoded
        evaluationsPerStep = ModelConfiguration.Sampling.Effort.evaluationsPerStep(guidance: guidance)
        // Of a depth of its own: the beginning was made of the numbers of depth 0.
        noise = Noise(seed: seed, depth: 1, shared: c.diffusion.sharedNoise)
        sampler = Sampler(schedule: model.schedule, kind: kind, clip: c.sampling.clip, steps: length)
        let condition = Condition(frames: length, known: [:], between: c.mtd.between, level: 0)
        visual = model.mtd.visual(
            of: [condition], height: beginning.height, width: beginning.width, type: model.type)
        queue = beginning
        tail = []
        for place in 0..<length {
            tail = Self.fresh(noise, frame: place, after: tail, count: queue.frameCount, coherence)
            queue[place] =
                model.schedule.noised(beginning[place], noise: tail, timestep: sampler.timesteps[length - 1 - place])[
                    ...]
        }
        clean = .init(repeating: nil, count: length)
    }

    private static func fresh(
        _ noise: Noise, frame: Int, after last: [Float], count: Int, _ coherence: Double
    ) -> [Float] {
        let own = noise.sampler(step: 0, frames: [frame], count: count)
        if last.isEmpty { return own }
        return mixedNoise(own, with: last, share: coherence)
    }

    /// One step: the latent [h, w, c] of the next film frame. Throws ``SegmentError/notFinite(step:)``.
    package mutating func next() throws(SegmentError) -> [Float] {
        let length = queue.frames
        let prediction = predict()
        guard prediction.allSatisfy(\.isFinite) else { throw SegmentError.notFinite(step: first) }
        var (moved, cleaned): ([[Float]], [[Float]]) = ([], [])
        for place in 0..<length {
            let values = place * queue.frameCount..<(place + 1) * queue.frameCount
            let frame = first + place
            let (next, clean) = sampler.step(
                length - 1 - place, x: Array(queue.values[values]), prediction: Array(prediction[values]),
                lastClean: self.clean[place]
            ) { noise.sampler(step: length - place, frames: [frame], count: queue.frameCount) }
            moved.append(next)
            cleaned.append(clean)
        }
        first += 1
        tail = Self.fresh(noise, frame: first + length - 1, after: tail, count: queue.frameCount, coherence)
        queue.values = moved[1...].flatMap { $0 } + tail
        clean = cleaned[1...].map { $0 } + [nil]
        return moved[0]
    }

    private func predict() -> [Float] {
        let length = queue.frames
        let shown = (first..<first + length).map { prompts[min($0, prompts.count - 1)] }
        let guided = evaluate(DistinctPrompts(shown))
        if evaluationsPerStep == 1 { return guided }
        return zip(evaluate(DistinctPrompts(shown.map { _ in "" })), guided).map { $0 + guidance * ($1 - $0) }
    }

    private func evaluate(_ prompts: DistinctPrompts<String>) -> [Float] {
        let length = queue.frames
        let context = model.mtd.context(
            visual: visual, text: encoded.encoded(prompts.prompts, by: model.text), prompts: prompts.numbers,
            strides: [1], levels: [0]
        )
        let x = Tensor(queue.values, shape: [1, length, queue.height, queue.width, queue.channels])
        let timesteps = (0..<length).map { Float(sampler.timesteps[length - 1 - $0]) }
        return model.mtd.predict(x, timesteps: timesteps, context).values()
    }
}
