import Diffusion
import Models
import Tensors

/// What a teacher would have its student predict, so that one step of DDIM takes the student where several of DPM-Solver++ take the teacher, by
/// the guidance that the teacher's `model.json` has for such segments (progressive distillation, Salimans and Ho 2022, arXiv 2202.00512, in one
/// round). The student then needs no pass without the prompt.
struct Distillation {
    let teacher: Model

    /// Which of the student's steps an example is about.
    struct Lesson: Sendable, Equatable {
        /// Evaluations that a segment takes the student.
        let into: Int
        /// Steps that it takes the teacher; a multiple of that.
        let from: Int
        /// The student's step, from 0.
        let step: Int

        var each: Int { from / into }
        /// Of the teacher, from the first that the student's step stands for to the first of its next.
        var steps: Range<Int> { step * each..<(step + 1) * each }
    }

    /// By example, values [F, h, w, c]. All of them are of one kind and have a lesson.
    func targets(_ examples: [DenoiserExample]) -> [[Float]] {
        let lessons = examples.map { $0.lesson! }
        let samplers = lessons.map {
            Sampler(
                schedule: teacher.schedule, kind: .dpmSolver, clip: teacher.configuration.sampling.clip, steps: $0.from)
        }
        let starts = examples.map { teacher.schedule.noised($0.latents.values, noise: $0.noise, timestep: $0.timestep) }
        var x = starts
        var clean: [[Float]?] = examples.map { _ in nil }
        for offset in 0..<lessons[0].each {
            let steps = lessons.map { $0.steps.lowerBound + offset }
            let predictions = predict(examples, x, timesteps: zip(samplers, steps).map { $0.timesteps[$1] })
            for i in examples.indices {
                let (latents, cleaned) = samplers[i].step(
                    steps[i], x: x[i], prediction: predictions[i], lastClean: clean[i]
                ) { fatalError("DPM-Solver++ asks for no noise") }
                (x[i], clean[i]) = (latents, cleaned)
            }
        }
        return examples.indices.map { i in
            Self.prediction(from: starts[i], to: x[i], samplers[i], lessons[i])
        }
    }

    /// What to predict from x so that one step of DDIM goes to `end`.
    private static func prediction(
        from x: [Float], to end: [Float], _ sampler: Sampler, _ lesson: Lesson
    ) -> [Float] {
        let (schedule, steps) = (sampler.schedule, lesson.steps)
        let a = schedule.alphaBar[sampler.timesteps[steps.lowerBound]]
        // After the last step everything is clean.
        let next = steps.upperBound < lesson.from ? schedule.alphaBar[sampler.timesteps[steps.upperBound]] : 1
        let (signal, amplitude) = (a.squareRoot(), (1 - a).squareRoot())
        // Where the step goes is a share of x and a share of the clean latents.
        let ofX = (1 - next).squareRoot() / amplitude
        let ofClean = next.squareRoot() - signal * ofX
        return zip(x, end).map { x, end in
            let clean = (Double(end) - ofX * Double(x)) / ofClean
            return switch schedule.objective {
            case .velocity: Float((signal * Double(x) - clean) / amplitude)
            case .epsilon: Float((Double(x) - signal * clean) / amplitude)
            }
        }
    }

    /// The teacher's prediction by example from x [F, h, w, c] of each, guided as in a render.
    func predict(_ examples: [DenoiserExample], _ x: [[Float]], timesteps: [Int]) -> [[Float]] {
        func pass(_ tokens: (DenoiserExample) -> [[Int]]) -> [Float] {
            DenoiserLoss(model: teacher).predict(
                examples, noisy: x.flatMap { $0 }, timesteps: timesteps, tokens: examples.flatMap(tokens)
            ).values()
        }
        let guided = pass(\.tokens)
        let shares = examples.map(guidance)
        let size = x[0].count
        func byExample(_ values: [Float]) -> [[Float]] {
            examples.indices.map { Array(values[$0 * size..<($0 + 1) * size]) }
        }
        if shares.joined().allSatisfy({ $0 == 1 }) { return byExample(guided) }
        let empty = teacher.text.tokenizer.tokens("")
        var values = pass { example in example.tokens.map { _ in empty } }
        let shareOfFrame = Array(shares.joined())
        let frame = examples[0].latents.frameCount
        for i in values.indices { values[i] += shareOfFrame[i / frame] * (guided[i] - values[i]) }
        return byExample(values)
    }

    /// By frame, as ``DenoiseIterator`` has it.
    private func guidance(_ example: DenoiserExample) -> [Float] {
        let isKnown = (example.condition?.mask.first ?? 0) > 0
        let effort = teacher.configuration.sampling.effort(atDepth: isKnown ? 1 : 0, stride: example.stride)
        return effort.guidanceByFrame(prompts: example.tokens, hasParents: isKnown)
    }
}
