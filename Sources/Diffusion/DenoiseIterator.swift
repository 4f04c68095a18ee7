package import Models
import Tensors

/// The denoising of one segment, step by step. Whatever has to happen between two steps (progress, pause, cancel) is the
/// caller's: stop calling, and the segment is stopped.
///
/// Belongs to the thread that made it, since its tensors do. The latents that come out depend on the model, the
/// request and the latents that are given, and on nothing else.
package struct DenoiseIterator {
    /// The number of steps taken.
    package private(set) var position = 0
    package var stepCount: Int { sampler.timesteps.count }
    package var isFinished: Bool { position == stepCount }
    /// What the sampler has come to. Once finished, what is known is at its places as it was given.
    package private(set) var latents: Latents
    /// What the last step took the clean latents for.
    private var clean: [Float]?

    private let model: Model
    private let request: SegmentRequest
    private let known: [Int: [Float]]
    private let sampler: Sampler
    private let noise: Noise
    /// By frame.
    private let guidance: [Float]
    private let prompted: MTD.Context
    /// With the empty prompt and the same visual condition; none where guidance is 1.
    private let unprompted: MTD.Context?
    private let hand: SecondHand?

    /// - Parameters:
    ///   - known: latents [h, w, c] by their places in the segment, which stay as they are: the parents' at both ends, or the
    ///     keyframes of an earlier take
    ///   - effort: steps and guidance, where they are to be others than the model's document says
    ///   - draw: another number gives other noise
    ///   - encoded: prompts of other segments that the model has encoded
    ///   - hand: computes the pass without the prompt beside the other one; nil: they come one after the other
    /// - Throws: ``SegmentError/invalidRequest(_:)``
    package init(
        model: Model, request: SegmentRequest, known: [Int: [Float]] = [:],
        effort given: ModelConfiguration.Sampling.Effort? = nil,
        draw: Int = 0, encoded: EncodedPrompts = EncodedPrompts(), hand: SecondHand? = nil
    ) throws(SegmentError) {
        try Self.check(request, known: known, model.configuration)
        self.model = model
        self.request = request
        self.known = known
        self.hand = hand
        let c = model.configuration
        let sampling = c.sampling
        let effort = given ?? sampling.effort(atDepth: request.depth, stride: request.stride)
        sampler = Sampler(
            schedule: model.schedule, kind: sampling.sampler(of: effort), clip: sampling.clip, steps: effort.steps)
        noise = Noise(seed: request.seed, depth: request.depth, draw: draw, shared: c.diffusion.sharedNoise)
        guidance = effort.guidanceByFrame(prompts: request.prompts, hasParents: request.depth > 0 && known[0] != nil)

        let (f, shape) = (request.frames.count, c.latentShape)
        let frameCount = shape.channels * shape.height * shape.width
        latents = Latents(
            frames: f, height: shape.height, width: shape.width, channels: shape.channels,
            values: noise.sampler(step: 0, frames: request.frames, count: frameCount))

        let condition = Condition(
            request, known: known, between: c.mtd.between, level: sampling.conditionLevel, noise: noise,
            schedule: model.schedule)
        let visual = model.mtd.visual(
            of: [condition], height: shape.height, width: shape.width, type: model.type)
        func context(_ distinct: [String], _ prompts: [Int]) -> MTD.Context {
            model.mtd.context(
                visual: visual, text: encoded.encoded(distinct, by: model.text), prompts: prompts,
                strides: [request.stride],
                levels: [condition.level])
        }
        let prompts = DistinctPrompts(request.prompts)
        prompted = context(prompts.prompts, prompts.numbers)
        unprompted = effort.evaluationsPerStep == 1 ? nil : context([""], [Int](repeating: 0, count: f))
    }

    /// One step of the sampler; nothing once finished. Throws ``SegmentError/notFinite(step:)``.
    package mutating func step() throws(SegmentError) {
        guard !isFinished else { return }
        let prediction = predict(timestep: sampler.timesteps[position])
        guard prediction.allSatisfy(\.isFinite) else { throw SegmentError.notFinite(step: position) }
        (latents.values, clean) = sampler.step(position, x: latents.values, prediction: prediction, lastClean: clean) {
            noise.sampler(step: position + 1, frames: request.frames, count: latents.frameCount)
        }
        position += 1
        if isFinished {
            for (place, latent) in known { latents[place] = latent[...] }
        }
    }

    /// Classifier-free guidance (Ho and Salimans 2022) in two passes: on one thread a batch of two gains nothing, and half of
    /// the activations stay closer to the core. On two threads each makes one, which gives the same bits.
    private func predict(timestep: Int) -> [Float] {
        let pass = Pass(latents: latents, timestep: timestep, mtd: model.mtd)
        guard let unprompted else { return pass.prediction(prompted) }
        var (guided, prediction): ([Float], [Float])
        if let hand {
            let other = OtherPass(pass, unprompted)
            guided = []
            hand.together({ other.run() }, while: { guided = pass.prediction(prompted) })
            prediction = other.prediction
        } else {
            guided = pass.prediction(prompted)
            prediction = pass.prediction(unprompted)
        }
        for i in prediction.indices { prediction[i] += guidance[i / latents.frameCount] * (guided[i] - prediction[i]) }
        return prediction
    }

    private static func check(
        _ request: SegmentRequest, known: [Int: [Float]], _ c: ModelConfiguration
    ) throws(SegmentError) {
        let (f, shape) = (request.frames.count, c.latentShape)
        let frameCount = shape.channels * shape.height * shape.width
        guard (2...c.segmentFrames).contains(f) else {
            throw SegmentError.invalidRequest("\(f) frames; it makes 2 to \(c.segmentFrames)")
        }
        guard request.prompts.count == f else {
            throw SegmentError.invalidRequest("\(request.prompts.count) prompts for \(f) frames")
        }
        guard request.stride >= 1, request.depth >= 0 else {
            throw SegmentError.invalidRequest("stride \(request.stride), depth \(request.depth)")
        }
        for (place, latent) in known {
            guard latent.count == frameCount else {
                throw SegmentError.invalidRequest("a known latent of \(latent.count) values; it has \(frameCount)")
            }
            guard (0..<f).contains(place) else {
                throw SegmentError.invalidRequest("a known frame \(place) of \(f)")
            }
        }
    }
}

/// One evaluation of the network.
private struct Pass {
    let latents: Latents
    let timestep: Int
    let mtd: MTD

    func prediction(_ context: MTD.Context) -> [Float] {
        let x = Tensor(
            latents.values, shape: [1, latents.frames, latents.height, latents.width, latents.channels])
        let timesteps = [Float](repeating: Float(timestep), count: latents.frames)
        return mtd.predict(x, timesteps: timesteps, context).values()
    }
}

/// A pass that a ``SecondHand`` makes.
///
/// `@unchecked`: one thread makes it, waited for by the other, which has the context's tensors alive meanwhile.
private final class OtherPass: @unchecked Sendable {
    private let pass: Pass
    private let context: MTD.Context
    private(set) var prediction: [Float] = []

    init(_ pass: Pass, _ context: MTD.Context) {
        self.pass = pass
        self.context = context
    }

    func run() { prediction = pass.prediction(context) }
}
