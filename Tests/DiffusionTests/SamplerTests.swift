import Foundation
import Testing

@testable import Diffusion
@testable import Models

@Suite struct SamplerTests {
    static let cases = ModelConfiguration.Sampling.Kind.allCases.flatMap { kind in
        ModelConfiguration.Diffusion.Objective.allCases.flatMap { objective in
            ModelConfiguration.Diffusion.Schedule.allCases.map { (kind, objective, $0) }
        }
    }

    @Test("Each sampler, objective and schedule samples as the twin does", arguments: cases)
    func goldens(
        kind: ModelConfiguration.Sampling.Kind, objective: ModelConfiguration.Diffusion.Objective,
        schedule: ModelConfiguration.Diffusion.Schedule
    ) throws {
        let golden = try Golden("tiny", "samplers")
        let noise = try golden.values("noise")
        let rows = stride(from: 0, to: noise.count, by: 64).map { Array(noise[$0..<$0 + 64]) }
        let sampler = Sampler(
            schedule: Schedule(.init(objective: objective, steps: 1000, schedule: schedule, sharedNoise: 0)),
            kind: kind, clip: 3, steps: 7)
        var x = rows[0]
        var clean: [Float]?
        for step in 0..<7 {
            let t = Float(sampler.timesteps[step]) / 100
            let prediction = x.map { sin($0 + t) }
            (x, clean) = sampler.step(step, x: x, prediction: prediction, lastClean: clean) { rows[step + 1] }
        }
        let difference = Difference(
            "\(kind) \(objective) \(schedule)", x,
            try golden.values("\(kind.rawValue).\(objective.rawValue).\(schedule.rawValue)"))
        print(difference)
        #expect(difference.relative < 1e-5)
    }

    @Test("Timesteps begin at the noisiest and are evenly spaced")
    func timesteps() {
        let schedule = Schedule(.init(objective: .velocity, steps: 1000, schedule: .cosine, sharedNoise: 0))
        #expect(schedule.timesteps(4) == [999, 749, 499, 249])
        #expect(schedule.timesteps(1) == [999])
        #expect(schedule.timesteps(1000) == Array((0..<1000).reversed()))
        #expect(schedule.timesteps(3) == [999, 666, 332])
    }

    @Test(
        "DDIM and DPM-Solver lead a perfect prediction back to the clean latents",
        arguments: [ModelConfiguration.Sampling.Kind.ddim, .dpmSolver], [1, 3, 10])
    func perfectPrediction(kind: ModelConfiguration.Sampling.Kind, steps: Int) {
        let schedule = Schedule(.init(objective: .epsilon, steps: 1000, schedule: .linear, sharedNoise: 0))
        let sampler = Sampler(
            schedule: schedule, kind: kind, clip: 4, steps: steps)
        let clean = (0..<20).map { Float($0) / 10 - 1 }
        let noise = Noise(seed: 1, depth: 0, shared: 0).normals(.sampler, step: 0, frame: 0, count: 20)
        var x = schedule.noised(clean, noise: noise, timestep: sampler.timesteps[0])
        var last: [Float]?
        for step in 0..<steps {
            (x, last) = sampler.step(step, x: x, prediction: noise, lastClean: last) { [] }
        }
        #expect(zip(x, clean).allSatisfy { abs($0 - $1) < 2e-2 })
    }
}
