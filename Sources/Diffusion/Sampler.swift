import Foundation
package import Models

/// From a prediction of the network to the next, less noisy latents. It has no state: a step is a function of its inputs.
package struct Sampler: Sendable {
    package let schedule: Schedule
    package let kind: ModelConfiguration.Sampling.Kind
    /// Bound of a predicted clean latent.
    package let clip: Float
    /// By step, from noisy to clean.
    package let timesteps: [Int]

    package init(schedule: Schedule, sampling: ModelConfiguration.Sampling, steps: Int) {
        self.schedule = schedule
        kind = sampling.sampler
        clip = Float(sampling.clip)
        timesteps = schedule.timesteps(steps)
    }

    /// True where a step adds fresh noise.
    package func addsNoise(atStep step: Int) -> Bool { kind == .ddpm && step + 1 < timesteps.count }

    /// One step. `noise` is asked for only where ``addsNoise(atStep:)``.
    ///
    /// DDIM: Song et al. 2021 (arXiv 2010.02502), deterministic. DDPM: NUWA-XL eq. 16, with the square root that its last
    /// coefficient lacks in print, and alpha taken over the distance to the next timestep that is visited.
    package func step(_ step: Int, x: [Float], prediction: [Float], noise: () -> [Float]) -> [Float] {
        let a = schedule.alphaBar[timesteps[step]]
        let previous = step + 1 < timesteps.count ? schedule.alphaBar[timesteps[step + 1]] : 1
        let (clean, eps) = cleanAndNoise(x, prediction, alphaBar: a)
        guard addsNoise(atStep: step) else {
            let signal = Float(previous.squareRoot())
            let amplitude = Float((1 - previous).squareRoot())
            return zip(clean, eps).map { signal * $0 + amplitude * $1 }
        }
        let alpha = a / previous
        let weight = Float((1 - alpha) / (1 - a).squareRoot())
        let scale = Float(1 / alpha.squareRoot())
        let sigma = Float(((1 - previous) / (1 - a) * (1 - alpha)).squareRoot())
        let fresh = noise()
        return x.indices.map { (x[$0] - weight * eps[$0]) * scale + sigma * fresh[$0] }
    }

    /// The clean latents and the noise that a prediction stands for.
    private func cleanAndNoise(_ x: [Float], _ prediction: [Float], alphaBar: Double) -> ([Float], [Float]) {
        let signal = Float(alphaBar.squareRoot())
        let amplitude = Float((1 - alphaBar).squareRoot())
        let clean = zip(x, prediction).map { x, prediction in
            let x0 =
                switch schedule.objective {
                case .epsilon: (x - amplitude * prediction) / signal
                case .velocity: signal * x - amplitude * prediction  // Salimans and Ho 2022
                }
            return min(max(x0, -clip), clip)
        }
        return (clean, zip(x, clean).map { ($0 - signal * $1) / amplitude })
    }
}
