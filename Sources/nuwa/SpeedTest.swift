import Diffusion
import Models
import Tensors
import Threads

/// Computes a few steps of a real segment, as a render does, with all workers at it.
struct SpeedTest {
    let model: Model
    let workers: Int

    private static let steps = 3

    /// Seconds that one worker takes for an evaluation of the denoiser, and for the pixels of a segment; of several the least, since
    /// whatever else the machine does can only add to it.
    func run() throws -> (evaluation: Double, decode: Double) {
        let all = try Team(size: workers).map(workers) { _ in try measure() }
        // The slowest worker: a depth is there when its last segment is.
        return (all.map(\.evaluation).max() ?? 0, all.map(\.decode).max() ?? 0)
    }

    private func measure() throws -> (evaluation: Double, decode: Double) {
        let frames = model.configuration.segmentFrames
        let request = SegmentRequest(
            seed: 0, depth: 0, stride: 15, frames: (0..<frames).map { $0 * 15 },
            prompts: Array(repeating: "Morning in the meadow. Pim walks to the right.", count: frames))
        var iterator = try DenoiseIterator(model: model, request: request)
        let clock = ContinuousClock()
        var step = Double.infinity
        // The first compiles kernels.
        for number in 0...Self.steps where !iterator.isFinished {
            let seconds = try clock.measure { try iterator.step() } / .seconds(1)
            if number > 0 || iterator.isFinished { step = min(step, seconds) }
        }
        var decode = Double.infinity
        for _ in 0..<2 {
            decode = min(decode, try clock.measure { _ = try model.decode(iterator.latents) } / .seconds(1))
        }
        let effort = model.configuration.sampling.effort(atDepth: request.depth, stride: request.stride)
        return (step / Double(effort.evaluationsPerStep), decode)
    }
}
