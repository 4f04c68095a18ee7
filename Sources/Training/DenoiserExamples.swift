import Cartoon
import Diffusion
import Foundation
import Models

/// What MTD learns from in one step, of one clip or picture: all random draws made.
struct DenoiserExample {
    /// [F, h, w, c]
    let latents: Latents
    /// By frame, the prompt's words as numbers.
    let tokens: [[Int]]
    let stride: Int
    let timestep: Int
    let noise: [Float]
    /// nil: a picture, for the spatial layers alone.
    let condition: Condition?
    /// By frame: who is where; nil where nobody knows or asks.
    let figures: [[Truth.Figure]]?
    /// What a teacher is to be asked; nil: nothing.
    var lesson: Distillation.Lesson?
    /// What a teacher would have it predict, [F, h, w, c]; nil: what the noise was made of.
    var target: [Float]?

    /// By frame: how much it teaches. Frames that are given teach little.
    var weights: [Float] { condition?.mask.map { 1 - 0.8 * $0 } ?? [1] }
}

/// Draws examples. Each is a function of seed, step and place in the batch, so that a training that was interrupted goes on as if it
/// had not been.
struct DenoiserExamples: Sendable {
    /// What random numbers are for; streams share none.
    private enum Purpose: UInt32 {
        case kind = 1
        case length, shard, excerpt, timestep, parents, parentsNoise, noise, sharedNoise, prompts, start
    }

    /// The stride that stills are told to have: far from each other.
    static let stillStride = 225
    /// So many stills of a step come from one shard, for the sake of speed; they are of different films all the same.
    private static let stillsOfAShard = 32
    /// The upper noise, where casts are decided.
    private static let upper = 0.6..<1.0

    let recipe: DenoiserRecipe
    let configuration: ModelConfiguration
    let tokenizer: Tokenizer
    let schedule: Schedule
    let library: LatentLibrary

    func kind(ofStep step: Int) -> DenoiserRecipe.Kind {
        var random = stream(.kind, step)
        return recipe.kind(at: random.unit())
    }

    func count(_ kind: DenoiserRecipe.Kind) -> Int {
        kind.isStills ? recipe.batch * DenoiserRecipe.stillsPerClip : recipe.batch
    }

    func example(_ kind: DenoiserRecipe.Kind, step: Int, place: Int) throws -> DenoiserExample {
        var random = stream(.excerpt, step, place)
        var neighbours = stream(.shard, step, kind.isStills ? place / Self.stillsOfAShard : place)
        let excerpt = try library.excerpt(
            of: kind, frames: length(kind, step), neighbours: &neighbours, &random)
        if let lesson = lesson(kind, step, place) { return pupil(excerpt, kind, lesson, step, place) }
        return DenoiserExample(
            latents: excerpt.latents, tokens: tokens(excerpt.prompts, step, place),
            stride: kind.isStills ? Self.stillStride : excerpt.stride,
            timestep: timestep(kind, step, place), noise: noise(excerpt.latents, step, place),
            condition: kind.isStills ? nil : condition(excerpt, kind.known, step, place), figures: excerpt.figures)
    }

    /// Which of the student's steps a place of the batch is about: each place another one.
    private func lesson(
        _ kind: DenoiserRecipe.Kind, _ step: Int, _ place: Int
    ) -> Distillation.Lesson? {
        guard let into = kind.into, let from = kind.from else { return nil }
        var random = stream(.timestep, step)
        return Distillation.Lesson(into: into, from: from, step: (random.below(into) + place) % into)
    }

    /// What a student learns from is as in a render: its own timesteps, parents with as much noise as there, prompts with all of their words.
    private func pupil(
        _ excerpt: Excerpt, _ kind: DenoiserRecipe.Kind, _ lesson: Distillation.Lesson, _ step: Int, _ place: Int
    ) -> DenoiserExample {
        let ends = kind.known == .both ? [0, excerpt.latents.frames - 1] : []
        return DenoiserExample(
            latents: excerpt.latents, tokens: excerpt.prompts.map(tokenizer.tokens), stride: excerpt.stride,
            timestep: schedule.timesteps(lesson.into)[lesson.step], noise: noise(excerpt.latents, step, place),
            condition: condition(excerpt, ends, level: configuration.sampling.conditionLevel, step, place),
            figures: excerpt.figures, lesson: lesson)
    }

    /// The frames of a step's clips: in half of the steps as many as there may be, in the others any number.
    private func length(_ kind: DenoiserRecipe.Kind, _ step: Int) -> Int {
        var random = stream(.length, step)
        let range = kind.frameRange
        return random.chance(0.5) ? range.upperBound : range.lowerBound + random.below(range.count)
    }

    private func stream(_ purpose: Purpose, _ step: Int, _ place: Int = 0) -> RandomStream {
        RandomStream(seed: recipe.seed, purpose: purpose.rawValue, step: step, item: place)
    }

    /// Stratified: each place of a batch has a stretch of its own, so that a batch of four always sees much and little noise.
    private func timestep(_ kind: DenoiserRecipe.Kind, _ step: Int, _ place: Int) -> Int {
        var random = stream(.timestep, step, place)
        let draw = (Double(place) + random.unit()) / Double(count(kind))
        let upper = kind.known == .none ? recipe.noise.upper : 0
        let share =
            draw < upper
            ? Self.upper.lowerBound + (Self.upper.upperBound - Self.upper.lowerBound) * draw / upper
            : (draw - upper) / (1 - upper)
        let steps = schedule.alphaBar.count
        return min(steps - 1, Int(share * Double(steps)))
    }

    /// What is given of the clip, with or without noise.
    private func condition(
        _ excerpt: Excerpt, _ known: Known, _ step: Int, _ place: Int
    ) -> Condition {
        var random = stream(.parents, step, place)
        let isNoisy = random.chance(recipe.noise.conditionShare)
        let level = isNoisy ? 1 + random.below(recipe.noise.condition) : 0
        let frames = excerpt.latents.frames
        let places: [Int]
        switch known {
        case .none: places = []
        case .both: places = [0, frames - 1]
        case .start:
            var count = stream(.start, step, place)
            places = Array(0...count.below(frames / 2))
        }
        return condition(excerpt, places, level: level, step, place)
    }

    private func condition(_ excerpt: Excerpt, _ places: [Int], level: Int, _ step: Int, _ place: Int) -> Condition {
        var fresh = stream(.parentsNoise, step, place)
        let known = places.map { frame in
            let latent = excerpt.latents[frame]
            let noisy =
                level == 0
                ? Array(latent)
                : schedule.noised(latent, noise: fresh.normals(latent.count), timestep: level)
            return (frame, noisy)
        }
        return Condition(
            frames: excerpt.latents.frames, known: Dictionary(uniqueKeysWithValues: known),
            between: configuration.mtd.between, level: level)
    }

    private func noise(_ latents: Latents, _ step: Int, _ place: Int) -> [Float] {
        var own = stream(.noise, step, place)
        var common = stream(.sharedNoise, step, place)
        return Self.noise(for: latents, share: configuration.diffusion.sharedNoise, &own, &common)
    }

    /// Of each frame's own, and what all have in common.
    static func noise(
        for latents: Latents, share: Double, _ random: inout RandomStream, _ shared: inout RandomStream
    ) -> [Float] {
        let own = random.normals(latents.values.count)
        return latents.frames == 1 ? own : mixedNoise(own, with: shared.normals(latents.frameCount), share: share)
    }

    /// Some examples learn the empty prompt, for guidance; some words are read as unknown, so that one more or less does not matter.
    private func tokens(_ prompts: [String], _ step: Int, _ place: Int) -> [[Int]] {
        var random = stream(.prompts, step, place)
        if random.chance(recipe.noise.promptDrop) { return prompts.map { _ in tokenizer.tokens("") } }
        var dropped: [String: [Int]] = [:]
        return prompts.map { prompt in
            if let tokens = dropped[prompt] { return tokens }
            let tokens = tokenizer.tokens(prompt).enumerated().map { i, token in
                i > 0 && random.chance(recipe.noise.wordDrop) ? Tokenizer.unknown : token
            }
            dropped[prompt] = tokens
            return tokens
        }
    }
}
