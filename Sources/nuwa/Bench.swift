import ArgumentParser
import Diffusion
import Foundation
import JSON
import Models
import Tensors
import Threads
import Training

/// `nuwa bench`: the seconds of the hot parts, as JSON, for `Benchmarks/run` to set beside the PyTorch twin's.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time one denoiser step, one decode and a large matrix product; print JSON.",
        discussion: """
            Each is done --warmup times, then --repeats times; the least time counts, since whatever else the machine does can \
            only add to it. With more workers, all do it at once, and the time is that of all divided by their number, as in a render. \
            `mtd` is a whole forward; `step` is what a render does once a step: without the condition and the prompts' keys and \
            values, which it computes once a segment; `tensor_bytes` what memory one worker needed. `make bench` runs this in turns with the same work in PyTorch.
            """)

    @Option(help: ArgumentHelp("The model.", valueName: "dir"), completion: .directory)
    var model = "models/cartoon"

    @Option(help: "The type of the activations: f32 or bf16.")
    var precision = Precision.f32

    @Option(help: "Workers: threads that each compute for themselves.")
    var workers = 1

    @Option(help: "Untimed rounds.")
    var warmup = 3

    @Option(help: "Timed rounds.")
    var repeats = 10

    @Option(
        help: ArgumentHelp(
            "A folder of `nuwa latents`: a training step of the denoiser on four of its clips is timed too.",
            valueName: "dir"), completion: .directory)
    var latents: String?

    func validate() throws {
        guard (1...1024).contains(workers) else {
            throw ValidationError("--workers \(workers): 1 to 1024 are possible")
        }
        guard warmup >= 0, repeats >= 1 else { throw ValidationError("--warmup is at least 0, --repeats at least 1") }
    }

    func run() throws { try complaining { try bench() } }

    private func bench() throws {
        let model = try Model.load(directory: URL(filePath: model, directoryHint: .isDirectory), precision: precision)
        let rounds = [
            "mtd": try time { denoiser(model, whole: true) },
            "step": try time { denoiser(model, whole: false) },
            "vae": try time { decode(model) },
            "gemm": try time { matrixProduct(model.type) },
        ]
        var values = rounds.mapValues(\.seconds)
        values["tensor_bytes"] = rounds.values.map { Double($0.bytes) }.max()
        if let latents { values["train"] = try trainingStep(latents) }
        print(String(decoding: try ReportJSON.encode(values, pretty: false), as: UTF8.self), terminator: "")
    }

    /// Seconds of one round, with all workers at it: each makes its own work, since tensors belong to a thread. And the bytes of tensors that
    /// one worker needed for it.
    private func time(_ work: @escaping @Sendable () -> () -> Void) throws -> (seconds: Double, bytes: Int) {
        let results = try Team(size: workers).map(workers) { [warmup, repeats] _ in
            let body = work()
            for _ in 0..<warmup { body() }
            let clock = ContinuousClock()
            return (
                rate: 1 / ((0..<repeats).map { _ in clock.measure(body) }.min()! / .seconds(1)), bytes: Engine.bytesHeld
            )
        }
        return (1 / results.reduce(0) { $0 + $1.rate }, results.map(\.bytes).max() ?? 0)
    }

    /// Rows and columns of the matrices of `gemm`.
    private static let gemmSize = 4096

    /// One evaluation of MTD for one segment, both parents given, a prompt a frame.
    private func denoiser(_ model: Model, whole: Bool) -> () -> Void {
        let c = model.configuration
        let (f, shape) = (c.segmentFrames, c.latentShape)
        let dimensions: Shape = [1, f, shape.height, shape.width, shape.channels]
        let values = (0..<dimensions.product).map { sin(Float($0)) }
        let mask = (0..<f).map { $0 == 0 || $0 == f - 1 ? Float(1) : 0 }
        let text = model.text.encode(["Morning in the meadow. Pim walks to the right."])
        let x = Tensor(values, shape: dimensions)
        let timesteps = [Float](repeating: 500, count: f)
        let given: Shape = [1, f, shape.height, shape.width, c.mtd.conditionWidth]
        let condition = Tensor((0..<given.product).map { cos(Float($0)) }, shape: given)
        func context() -> MTD.Context {
            let visual = model.mtd.visual(condition: condition, mask: mask, type: model.type)
            let prompts = [Int](repeating: 0, count: f)
            return model.mtd.context(visual: visual, text: text, prompts: prompts, strides: [1], levels: [0])
        }
        let kept = context()
        return { _ = model.mtd.predict(x, timesteps: timesteps, whole ? context() : kept) }
    }

    /// The latents of one segment to pixels.
    private func decode(_ model: Model) -> () -> Void {
        let c = model.configuration
        let shape = c.latentShape
        let count = c.segmentFrames * shape.height * shape.width * shape.channels
        let latents = Latents(
            frames: c.segmentFrames, height: shape.height, width: shape.width, channels: shape.channels,
            values: (0..<count).map { sin(Float($0)) })
        return { _ = model.vae.decode(latents, type: model.type) }
    }

    /// Forward, backward and AdamW on four clips of the greatest length, both ends known; the workers share the one step.
    private func trainingStep(_ latents: String) throws -> Double {
        let text = """
            stage = "mtd"
            steps = \(warmup + repeats)
            batch = 4
            seed = 1
            optimiser = { rate = 1e-5, warm_up = 0, final = 1.0, decay = 0.01, clip = 1.0, average = 0.999 }
            noise = { upper = 0.0, condition = 250, condition_share = 0.0, prompt_drop = 0.0, word_drop = 0.0 }
            mix = [{ strides = [1, 1000000], frames = [16, 16], known = "both", share = 1.0 }]
            """
        let recipe = try DenoiserRecipe(toml: text, file: "bench")
        func directory(_ path: String) -> URL { URL(filePath: path, directoryHint: .isDirectory) }
        let training = try DenoiserTraining(
            recipe, at: .init(start: directory(model), latents: directory(latents)), threads: workers)
        for _ in 0..<warmup { _ = try training.advance() }
        let clock = ContinuousClock()
        return try (0..<repeats).map { _ in try clock.measure { _ = try training.advance() } }.min()! / .seconds(1)
    }

    private func matrixProduct(_ type: ElementType) -> () -> Void {
        let n = Self.gemmSize
        let values = (0..<n * n).map { sin(Float($0)) / 64 }
        let x = Tensor(values, shape: [n, n], type: type)
        let weight = Parameter(name: "gemm", shape: [n, n], values: values)
        return { _ = linear(x, weight, nil) }
    }
}

extension Precision: ExpressibleByArgument {}
