package import Diffusion
package import Evaluation
import Models
import Tensors

/// How much worse the network predicts where each frame has a timestep of its own, as in a queue, than where all have the same, as in
/// training: the handicap of a queue in the comparison, on weights that never saw the like.
package struct QueueHandicap {
    private let model: Model
    private let timesteps: [Int]
    private let encoded = EncodedPrompts()

    /// - Parameter length: frames of the queue
    package init(model: Model, length: Int) {
        self.model = model
        timesteps = model.schedule.timesteps(length).reversed()
    }

    /// One clip's errors, summed over frames: with a queue's timesteps, and with each frame's own for all frames.
    /// - Parameters:
    ///   - latents: true ones, of as many neighbouring frames as the queue has.
    ///   - prompts: by frame.
    package func errors(_ latents: Latents, prompts: [String], seed: UInt64) -> (mixed: Double, equal: Double) {
        var random = RandomStream(.queueNoise, seed: seed)
        let noise = random.normals(latents.values.count)
        let mixed = error(latents, noise, prompts, timesteps)
        let equal = timesteps.indices.map { frame in
            error(latents, noise, prompts, timesteps.map { _ in timesteps[frame] })[frame]
        }
        return (mixed.reduce(0, +), equal.reduce(0, +))
    }

    /// By frame, the mean square error of the prediction.
    private func error(_ latents: Latents, _ noise: [Float], _ prompts: [String], _ timesteps: [Int]) -> [Double] {
        let (length, size, c) = (latents.frames, latents.frameCount, model.configuration)
        func own(_ frame: Int) -> [Float] { Array(noise[frame * size..<(frame + 1) * size]) }
        let x = (0..<length).flatMap { model.schedule.noised(latents[$0], noise: own($0), timestep: timesteps[$0]) }
        let condition = Condition(frames: length, known: [:], between: c.mtd.between, level: 0)
        let visual = model.mtd.visual(
            of: [condition], height: latents.height, width: latents.width, type: model.type)
        let prompts = DistinctPrompts(prompts)
        let context = model.mtd.context(
            visual: visual, text: encoded.encoded(prompts.prompts, by: model.text),
            prompts: prompts.numbers, strides: [1], levels: [0])
        let prediction = model.mtd.predict(
            Tensor(x, shape: [1, length, latents.height, latents.width, latents.channels]),
            timesteps: timesteps.map(Float.init), context
        ).values()
        return (0..<length).map { frame in
            let target = model.schedule.target(latents[frame], noise: own(frame), timestep: timesteps[frame])
            let sum = zip(target, prediction[frame * size..<(frame + 1) * size]).reduce(Float(0)) {
                $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
            }
            return Double(sum) / Double(size)
        }
    }

    package static func row(_ errors: [(mixed: Double, equal: Double)]) -> EvaluationRow {
        EvaluationRow(
            name: "error at a queue's timesteps / at equal ones", unit: .number,
            estimate: Estimate(errors.map { [$0.mixed, $0.equal] }) { $0[1] == 0 ? nil : $0[0] / $0[1] },
            count: errors.count, films: errors.count)
    }
}
