import Foundation
package import Models

/// How much noise each timestep carries (NUWA-XL eq. 3-4): x_t = sqrt(alphaBar[t]) x0 + sqrt(1 - alphaBar[t]) noise.
package struct Schedule: Sendable {
    package let objective: ModelConfiguration.Diffusion.Objective
    /// By timestep, from almost 1 (clean) down to almost 0 (noise).
    package let alphaBar: [Double]

    package init(_ configuration: ModelConfiguration.Diffusion) {
        objective = configuration.objective
        let steps = configuration.steps
        let betas: [Double]
        switch configuration.schedule {
        case .linear:  // Ho et al. 2020
            let increment = steps > 1 ? (0.02 - 1e-4) / Double(steps - 1) : 0
            betas = (0..<steps).map { 1e-4 + Double($0) * increment }
        case .cosine:  // Nichol and Dhariwal 2021, eq. 17
            let f = (0...steps).map { pow(cos((Double($0) / Double(steps) + 0.008) / 1.008 * .pi / 2), 2) }
            betas = zip(f, f.dropFirst()).map { min(1 - $1 / $0, 0.999) }
        }
        var product = 1.0
        alphaBar = betas.map { beta in
            product *= 1 - beta
            return product
        }
    }

    /// The forward process (eq. 4).
    package func noised(_ x0: some Sequence<Float>, noise: [Float], timestep: Int) -> [Float] {
        let signal = Float(alphaBar[timestep].squareRoot())
        let amplitude = Float((1 - alphaBar[timestep]).squareRoot())
        return zip(x0, noise).map { signal * $0 + amplitude * $1 }
    }

    /// What the denoiser is to predict from `noised(x0, ...)`.
    package func target(_ x0: some Sequence<Float>, noise: [Float], timestep: Int) -> [Float] {
        if objective == .epsilon { return noise }
        let signal = Float(alphaBar[timestep].squareRoot())
        let amplitude = Float((1 - alphaBar[timestep]).squareRoot())
        return zip(x0, noise).map { signal * $1 - amplitude * $0 }
    }

    /// `count` timesteps from the last one down, evenly spaced from the noisy end.
    package func timesteps(_ count: Int) -> [Int] {
        let total = alphaBar.count
        return (0..<count).map { (total * (count - $0) + count / 2) / count - 1 }
    }
}
