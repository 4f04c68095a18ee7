import Diffusion
import Foundation
import Models
import Tensors

/// The loss of MTD, and how it falls: the mean over frames of (prediction − target)², frames weighted by how much they teach; and, where heads
/// ask who is where, their loss.
struct DenoiserLoss {
    let model: Model
    /// Who asks, and what the answers' loss counts beside the prediction's; nil: nobody.
    var asking: (heads: Whereabouts, share: Float)?

    /// What a loss is a mean over.
    struct Total {
        /// Of all frames.
        let weights: Float
        let frames: Int

        init(_ batch: some Sequence<DenoiserExample>) {
            weights = batch.flatMap(\.weights).reduce(0, +)
            frames = batch.reduce(0) { $0 + $1.latents.frames }
        }
    }

    /// Of some examples of one kind and length. The heads' part of it is told apart.
    ///
    /// - Parameters:
    ///   - parameters: by which gradients are wanted.
    ///   - total: of the whole batch.
    func piece(_ examples: [DenoiserExample], by parameters: [Parameter], total: Total) -> LossPiece {
        let target = examples.flatMap {
            $0.target ?? model.schedule.target($0.latents.values, noise: $0.noise, timestep: $0.timestep)
        }
        let ((prediction, maps), tape) = Tape.record {
            var activations: [Tensor] = []
            let prediction = predict(examples) { if $0 == Whereabouts.scale { activations.append($1) } }
            return (prediction, asking?.heads.maps(activations) ?? [])
        }
        let (loss, slope) = error(prediction.values(), target, examples, total.weights)
        var outputs = [(prediction, Tensor(slope, shape: prediction.shape))]
        var parts: [Double] = []
        if let asking {
            let truth = WhereaboutsLoss(
                figures: examples.flatMap { $0.figures! }, share: asking.share / Float(total.frames))
            let answers = maps.map(truth.error)
            outputs += zip(maps, answers.map(\.slope))
            parts = [answers.reduce(0) { $0 + $1.loss }]
        }
        let gradients = tape.backward(from: outputs)
        return LossPiece(
            loss: parts.reduce(loss, +), parts: parts, gradients: parameters.map { gradients[$0] })
    }

    /// By example and frame, the mean square error of the prediction.
    func errors(_ examples: [DenoiserExample]) -> [[Double]] {
        let prediction = predict(examples).values()
        var start = 0
        return examples.map { example in
            let target = model.schedule.target(
                example.latents.values, noise: example.noise, timestep: example.timestep)
            return (0..<example.latents.frames).map { frame in
                let count = example.latents.frameCount
                defer { start += count }
                let sum = (0..<count).reduce(0.0) {
                    $0 + pow(Double(prediction[start + $1] - target[frame * count + $1]), 2)
                }
                return sum / Double(count)
            }
        }
    }

    private func predict(
        _ examples: [DenoiserExample], watch: (_ scale: Int, _ activations: Tensor) -> Void = { _, _ in }
    ) -> Tensor {
        predict(
            examples,
            noisy: examples.flatMap {
                model.schedule.noised($0.latents.values, noise: $0.noise, timestep: $0.timestep)
            },
            timesteps: examples.map(\.timestep), tokens: examples.flatMap(\.tokens), watch: watch)
    }

    /// - Parameters:
    ///   - noisy: the latents that the network is shown, of all examples.
    ///   - timesteps: by example.
    ///   - tokens: of all frames.
    func predict(
        _ examples: [DenoiserExample], noisy: [Float], timesteps: [Int], tokens: [[Int]],
        watch: (_ scale: Int, _ activations: Tensor) -> Void = { _, _ in }
    ) -> Tensor {
        let first = examples[0].latents
        let frames = first.frames
        let shape: Shape = [examples.count, frames, first.height, first.width, first.channels]

        // Each distinct prompt is encoded once.
        let prompts = DistinctPrompts(tokens)
        var distinct = prompts.prompts
        // Engines keep a primitive for each shape they have seen, so there should be few: empty prompts that nobody looks at fill up.
        while distinct.count < 4 || distinct.count & (distinct.count - 1) != 0 { distinct.append([Tokenizer.start]) }

        let conditions = examples.compactMap(\.condition)
        let visual: MTD.Visual
        if conditions.isEmpty {
            visual = model.mtd.pictures(type: model.type)
        } else {
            visual = model.mtd.visual(of: conditions, height: first.height, width: first.width, type: model.type)
        }
        let context = model.mtd.context(
            visual: visual, text: model.text.encode(tokens: distinct, paddedTo: 16), prompts: prompts.numbers,
            strides: examples.map(\.stride), levels: examples.map { $0.condition?.level ?? 0 })
        let byFrame = timesteps.flatMap { [Float](repeating: Float($0), count: frames) }
        return model.mtd.predict(Tensor(noisy, shape: shape), timesteps: byFrame, context, watch: watch)
    }

    /// The loss, and its gradient by the prediction.
    private func error(
        _ prediction: [Float], _ target: [Float], _ examples: [DenoiserExample], _ total: Float
    ) -> (loss: Double, slope: [Float]) {
        let count = examples[0].latents.frameCount
        var slope = [Float](repeating: 0, count: prediction.count)
        var loss = 0.0
        for (frame, weight) in examples.flatMap(\.weights).enumerated() {
            let share = weight / total / Float(count)
            var sum: Float = 0
            for i in frame * count..<(frame + 1) * count {
                let difference = prediction[i] - target[i]
                sum += difference * difference
                slope[i] = 2 * share * difference
            }
            loss += Double(sum * share)
        }
        return (loss, slope)
    }
}
