import Diffusion
import Foundation
import Models
import TestSupport
import Testing

@testable import Training

@Suite struct DistillationTests {
    private static let lesson = DenoiserRecipe.Kind(
        strides: [1, 3], frames: [2, 4], known: .both, into: 2, from: 6, share: 0.5)

    private func workshop() throws -> Workshop {
        var workshop = try Workshop()
        workshop.recipe.stage = .distill
        workshop.recipe.mix = [.init(strides: [1, 3375], frames: [1, 1], known: .none, share: 0.5), Self.lesson]
        return workshop
    }

    private func examples(_ kind: DenoiserRecipe.Kind, _ workshop: Workshop, _ model: Model) throws -> [DenoiserExample]
    {
        let library = try LatentLibrary(folder: workshop.directory.file("latents"), model: model)
        let examples = DenoiserExamples(
            recipe: workshop.recipe, configuration: model.configuration,
            tokenizer: model.configuration.text.tokenizer, schedule: model.schedule, library: library)
        return try (0..<2).map { try examples.example(kind, step: 3, place: $0) }
    }

    @Test("One step of DDIM takes the student where its steps of DPM-Solver++ take the teacher")
    func samePlace() throws {
        let workshop = try workshop()
        let model = try Model.load(directory: Workshop.tiny, precision: .f32)
        let examples = try examples(Self.lesson, workshop, model)
        #expect(Set(examples.map { $0.lesson?.step }) == [0, 1])
        let clip = model.configuration.sampling.clip
        let student = Sampler(schedule: model.schedule, kind: .ddim, clip: 1e6, steps: 2)
        let teacher = Sampler(schedule: model.schedule, kind: .dpmSolver, clip: clip, steps: 6)
        for (example, target) in zip(examples, Distillation(teacher: model).targets(examples)) {
            let lesson = try #require(example.lesson)
            let start = model.schedule.noised(example.latents.values, noise: example.noise, timestep: example.timestep)
            #expect(example.timestep == student.timesteps[lesson.step])
            let (end, _) = student.step(lesson.step, x: start, prediction: target, lastClean: nil) { [] }
            // The teacher's way, step by step, by its own predictions for this example alone.
            var (x, clean): ([Float], [Float]?) = (start, nil)
            for step in lesson.steps {
                let prediction = Distillation(teacher: model).predict(
                    [example], [x], timesteps: [teacher.timesteps[step]])[0]
                let (next, cleaned) = teacher.step(step, x: x, prediction: prediction, lastClean: clean) { [] }
                (x, clean) = (next, cleaned)
            }
            let difference = zip(end, x).map { abs($0 - $1) }.max() ?? 1
            #expect(difference < 1e-3, "\(difference)")
        }
    }

    @Test("A student that takes as many steps as its teacher is to predict what the teacher does")
    func sameSteps() throws {
        let workshop = try workshop()
        let model = try Model.load(directory: Workshop.tiny, precision: .f32)
        var kind = Self.lesson
        kind.from = 2
        let examples = try examples(kind, workshop, model)
        for (example, target) in zip(examples, Distillation(teacher: model).targets(examples)) {
            let start = model.schedule.noised(example.latents.values, noise: example.noise, timestep: example.timestep)
            let own = Distillation(teacher: model).predict([example], [start], timesteps: [example.timestep])[0]
            // But for clean latents that lie beyond the bound.
            let near = zip(target, own).count { abs($0 - $1) < 1e-3 }
            #expect(near > own.count * 9 / 10, "\(near) of \(own.count)")
        }
    }

    @Test("The model that comes out asks for fewer evaluations, and for no pass without the prompt")
    func model() throws {
        let workshop = try workshop()
        let run = try workshop.run()
        try run.run { _ in }
        let sampling = try Model.load(directory: workshop.directory.file("work/model")).configuration.sampling
        let effort = sampling.effort(atDepth: 2, stride: 1)
        #expect(effort.evaluations == 2 && effort.sampler == .ddim)
        let before = try Model.load(directory: Workshop.tiny).configuration.sampling
        #expect(sampling.effort(atDepth: 0, stride: 225) == before.effort(atDepth: 0, stride: 225))
    }

    @Test("A student goes by what it was taught, and where it was not by what its teacher does")
    func efforts() throws {
        typealias Effort = ModelConfiguration.Sampling.Effort
        var recipe = try workshop().recipe
        recipe.mix = [
            .init(strides: [1, 3], frames: [2, 4], known: .both, into: 2, from: 8, share: 1),
            .init(strides: [4, 59], frames: [2, 4], known: .both, into: 4, from: 16, share: 1),
        ]
        var teacher = try Model.load(directory: Workshop.tiny).configuration.sampling
        func effort(_ steps: Int, orphans: Double? = nil) -> Effort {
            Effort(steps: steps, sampler: nil, guidance: 1.5, orphanGuidance: orphans)
        }
        teacher.efforts = [
            .init(known: .none, stride: 1, effort: effort(200)),
            .init(known: .both, stride: 10, effort: effort(40, orphans: 3)),
            .init(known: .both, stride: 4, effort: effort(30)), .init(known: .both, stride: 1, effort: effort(10)),
        ]
        let student = recipe.sampling(ofTeacher: teacher)
        #expect(student.effort(atDepth: 0, stride: 225) == effort(200))
        for (stride, evaluations) in [(1, 2), (3, 2), (4, 4), (15, 4), (59, 4)] {
            #expect(student.effort(atDepth: 1, stride: stride).evaluations == evaluations, "stride \(stride)")
        }
        #expect(student.effort(atDepth: 1, stride: 60) == effort(40, orphans: 3))
        #expect(student.efforts?.contains { $0.known == .both && $0.stride == 60 } == true)
        #expect(student.effort(atDepth: 1, stride: 225).evaluations == 80)
    }

    @Test("Parents of a student's examples have the noise that they have in a render")
    func parents() throws {
        let workshop = try workshop()
        let model = try Model.load(directory: Workshop.tiny, precision: .f32)
        for example in try examples(Self.lesson, workshop, model) {
            #expect(example.condition?.level == model.configuration.sampling.conditionLevel)
        }
        #expect(model.configuration.sampling.conditionLevel > 0)
    }

    @Test("A distillation that was interrupted ends with the same bytes")
    func interrupted() throws {
        let (whole, stopped) = (try workshop(), try workshop())
        try whole.run().run { _ in }
        try stopped.run().run(while: { false }) { _ in }
        let first = try stopped.run()
        var steps = 0
        try first.run(while: {
            steps += 1; return steps < 5
        }) { _ in }
        try stopped.run().run { _ in }
        #expect(try whole.bytes("checkpoint.safetensors") == stopped.bytes("checkpoint.safetensors"))
    }

    struct Refused: Sendable {
        let into, from: Int?
        let known: Known
        let stage: DenoiserRecipe.Stage
    }

    @Test(
        "What cannot be taught is refused",
        arguments: [
            Refused(into: 2, from: 5, known: .both, stage: .distill),
            Refused(into: 2, from: nil, known: .both, stage: .distill),
            Refused(into: 2, from: 4, known: .start, stage: .distill),
            Refused(into: 2, from: 4, known: .both, stage: .mtd),
            Refused(into: nil, from: nil, known: .both, stage: .distill),
        ])
    func refused(_ refused: Refused) throws {
        var recipe = try workshop().recipe
        recipe.stage = refused.stage
        recipe.mix = [
            .init(
                strides: [1, 3], frames: [4, 4], known: refused.known, into: refused.into, from: refused.from, share: 1)
        ]
        #expect(recipe.rules.contains { !$0.isRight })
    }
}
