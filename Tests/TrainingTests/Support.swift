import Cartoon
import Corpora
import Diffusion
import Foundation
import Models
import Pictures
import TestSupport

@testable import Training

/// The tiny model, a folder of random latents for it, and a recipe for both.
struct Workshop {
    let directory: TemporaryDirectory
    var recipe: DenoiserRecipe
    var threads = 2
    var isUntrained = false

    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")
    static let tiny = fixtures.appending(path: "models/tiny")

    init() throws {
        directory = try TemporaryDirectory()
        for folder in ["latents", "held-out"] {
            try FileManager.default.createDirectory(
                at: directory.file(folder), withIntermediateDirectories: true)
        }
        recipe = DenoiserRecipe(
            stage: .mtd, steps: 12, batch: 4, seed: 7,
            optimiser: .init(rate: 1e-3, warmUp: 3, final: 0.02, decay: 0.01, clip: 1, average: 0.9),
            noise: .init(upper: 0.33, condition: 250, conditionShare: 0.7, promptDrop: 0.1, wordDrop: 0.1),
            mix: [
                .init(strides: [1, 3375], frames: [1, 1], known: .none, share: 0.4),
                .init(strides: [1, 3], frames: [2, 4], known: .both, share: 0.2),
                .init(strides: [1, 3], frames: [4, 4], known: .start, share: 0.1),
                .init(strides: [60, 3375], frames: [3, 4], known: .none, share: 0.3),
            ])
        try fill("latents", seed: 1)
        try fill("held-out", seed: 2)
    }

    /// Two shards of clips, one of near and one of far frames, and one of stills.
    func fill(_ folder: String, seed: UInt64, figures: [[Truth.Figure]]? = nil) throws {
        try shard(folder, "000000-4", frames: 4, stride: 1, seed: seed, figures: figures)
        try shard(folder, "000001-4", frames: 4, stride: 60, seed: seed + 10, figures: figures)
        try shard(folder, "000002-1", frames: 1, stride: 1, seed: seed + 20, figures: figures)
    }

    /// Has the recipe ask who is where, of latents that tell it.
    mutating func ask() throws {
        recipe.figures = 0.1
        let (pim, rok) = try (
            Self.figure("Pim", x: 0.3, "walk", "right"), Self.figure("Rok", x: 0.8, "sit", "left")
        )
        try fill("latents", seed: 1, figures: [[pim], [pim, rok], []])
    }

    private static func figure(_ name: String, x: Double, _ action: String, _ facing: String) throws -> Truth.Figure {
        let json = #"{"name":"\#(name)","x":\#(x),"y":0.9,"action":"\#(action)","facing":"\#(facing)"}"#
        return try JSONDecoder().decode(Truth.Figure.self, from: Data(json.utf8))
    }

    func shard(
        _ folder: String, _ name: String, frames: Int, stride: Int, seed: UInt64, size: Int = 4,
        encoder: String? = nil, figures: [[Truth.Figure]]? = nil,
        change: (inout [Float]) -> Void = { _ in }
    ) throws {
        var random = RandomStream(seed: seed, purpose: 0, step: 0, item: 0)
        var shard = LatentShard(encoder: try encoder ?? Model.load(directory: Self.tiny).encoderHash)
        let prompts = ["Pim walks to the right", "Lulu and Pim sit by the old tree", "night falls"]
        for clip in 0..<8 {
            let runs = [
                Clip.Run(start: 0, end: 2, wordings: [prompts[clip % 3], "Pim jumps"]),
                Clip.Run(start: 2, end: 9000, wordings: [prompts[(clip + 1) % 3]]),
            ]
            let picture = Image(width: 1, height: 1, pixels: [0, 0, 0])
            let known = Clip(
                stride: stride, frames: (0..<frames).map { $0 * stride },
                pictures: [Image](repeating: picture, count: frames), runs: runs,
                run: (0..<frames).map { $0 * stride < 2 ? 0 : 1 },
                figures: figures.map { figures in (0..<frames).map { figures[(clip + $0) % figures.count] } })
            var values = random.normals(frames * size * size * 4)
            change(&values)
            let latents = Latents(frames: frames, height: size, width: size, channels: 4, values: values)
            shard.clips.append((latents, LatentShard.Description(of: known)))
        }
        try shard.write(to: directory.file("\(folder)/\(name).safetensors"))
    }

    func training() throws -> DenoiserTraining {
        try DenoiserTraining(
            recipe,
            at: .init(start: Self.tiny, latents: directory.file("latents")), isUntrained: isUntrained,
            threads: threads, measuring: { try heldOut($0) },
            drawing: {
                try $0.decode(
                    Latents(frames: 1, height: 4, width: 4, channels: 4, values: [Float](repeating: 0, count: 64)))[0]
            })
    }

    /// The mean error on a few held-out clips.
    func heldOut(_ model: Model) throws -> HeldOutReport {
        let probe = try DenoiserProbe(latents: directory.file("held-out"), model: model)
        let kind = DenoiserProbe.Kind(frames: 4, strides: 1...3, known: .both)
        let clips = try probe.clips(kind, count: 4)
        let errors = probe.errors(
            of: model, clips, kind, timestep: 700, prompts: clips.map { $0.wordings.map { $0[0] } }
        ).joined().compactMap(\.self)
        let mean = errors.reduce(0, +) / Double(errors.count)
        return HeldOutReport(score: mean, measures: [mean, nil])
    }

    func run() throws -> TrainingRun {
        let intervals = TrainingRun.Intervals(log: 2, checkpoint: 4, heldOut: 4)
        return try TrainingRun(training(), work: directory.file("work"), every: intervals)
    }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: directory.file("work/" + name)) }
}

extension TrainingRun {
    /// To the last step.
    func run(report: (Progress) -> Void) throws { try run(while: { true }, report: report) }
}
