import Foundation
package import Models

/// From a prediction of the network to the next, less noisy latents. It has no state: a step is a function of its inputs.
///
/// - DDPM: NUWA-XL eq. 16, with the square root that its last coefficient lacks in print, and alpha taken over the distance to the next
///   timestep that is visited.
/// - DDIM: Song et al. 2021 (arXiv 2010.02502), deterministic.
/// - DPM-Solver++(2M): Lu et al. 2022 (arXiv 2211.01095), deterministic, of second order: what the last step took the clean latents for
///   tells how they change. For few steps.
package struct Sampler: Sendable {
    package let schedule: Schedule
    package let kind: ModelConfiguration.Sampling.Kind
    /// Bound of a predicted clean latent.
    package let clip: Float
    /// By step, from noisy to clean.
    package let timesteps: [Int]

    package init(schedule: Schedule, kind: ModelConfiguration.Sampling.Kind, clip: Double, steps: Int) {
        self.schedule = schedule
        self.kind = kind
        self.clip = Float(clip)
        timesteps = schedule.timesteps(steps)
    }

    /// One step: the next latents, and what it takes the clean ones for. `noise` is asked for only where fresh noise is added: by DDPM, but
    /// for the last step.
    /// - Parameter lastClean: what the step before took the clean ones for; nil at the first
    package func step(
        _ step: Int, x: [Float], prediction: [Float], lastClean: [Float]?, noise: () -> [Float]
    ) -> (latents: [Float], clean: [Float]) {
        let a = schedule.alphaBar[timesteps[step]]
        let (clean, eps) = cleanAndNoise(x, prediction, alphaBar: a)
        guard step + 1 < timesteps.count else { return (clean, clean) }
        let next = schedule.alphaBar[timesteps[step + 1]]
        let latents =
            switch kind {
            case .ddim: ddim(clean, eps, next)
            case .ddpm: ddpm(x, eps, a, next, noise())
            case .dpmSolver: dpmSolver(x, clean, lastClean, step, a, next)
            }
        return (latents, clean)
    }

    private func ddim(_ clean: [Float], _ eps: [Float], _ next: Double) -> [Float] {
        let signal = Float(next.squareRoot())
        let amplitude = Float((1 - next).squareRoot())
        return zip(clean, eps).map { signal * $0 + amplitude * $1 }
    }

    private func ddpm(_ x: [Float], _ eps: [Float], _ a: Double, _ next: Double, _ fresh: [Float]) -> [Float] {
        let alpha = a / next
        let weight = Float((1 - alpha) / (1 - a).squareRoot())
        let scale = Float(1 / alpha.squareRoot())
        let sigma = Float(((1 - next) / (1 - a) * (1 - alpha)).squareRoot())
        return x.indices.map { (x[$0] - weight * eps[$0]) * scale + sigma * fresh[$0] }
    }

    /// Algorithm 2 of the paper. lambda is half of the logarithm of the ratio of signal to noise.
    private func dpmSolver(
        _ x: [Float], _ clean: [Float], _ lastClean: [Float]?, _ step: Int, _ a: Double, _ next: Double
    ) -> [Float] {
        func lambda(_ alphaBar: Double) -> Double { log(alphaBar / (1 - alphaBar)) / 2 }
        let h = lambda(next) - lambda(a)
        let kept = Float(((1 - next) / (1 - a)).squareRoot())
        let gained = Float(-next.squareRoot() * expm1(-h))
        guard let lastClean else { return zip(x, clean).map { kept * $0 + gained * $1 } }
        let r = (lambda(a) - lambda(schedule.alphaBar[timesteps[step - 1]])) / h
        let ahead = Float(1 / (2 * r))
        return x.indices.map { kept * x[$0] + gained * (clean[$0] + ahead * (clean[$0] - lastClean[$0])) }
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
