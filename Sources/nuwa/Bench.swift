import ArgumentParser
import Diffusion
import Foundation
import Tensors

/// `nuwa bench`: the seconds of the hot parts, as JSON, for `Benchmarks/run` to set beside the PyTorch twin's.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time one denoiser step, one decode and a large matrix product; print JSON.",
        discussion: """
            Each is done --warmup times, then --repeats times; the least time counts, since whatever else the machine does can \
            only add to it. `make bench` runs this in turns with the same work in PyTorch and prints the ratios.
            """)

    @Option(help: ArgumentHelp("The model.", valueName: "dir"))
    var model = "models/cartoon"

    @Option(help: "The type of the activations: f32 or bf16.")
    var precision = Precision.f32

    @Option(help: "Compute threads.")
    var threads = 1

    @Option(help: "Untimed rounds.")
    var warmup = 3

    @Option(help: "Timed rounds.")
    var repeats = 10

    func run() throws {
        let model = try Model.load(directory: URL(filePath: model, directoryHint: .isDirectory), precision: precision)
        Engine.current.threads = threads
        var seconds: [String: Double] = [:]
        seconds["mtd"] = least(try denoiserStep(model))
        seconds["vae"] = least(decode(model))
        seconds["gemm"] = least(matrixProduct(model.type))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(seconds), as: UTF8.self))
    }

    /// Rows and columns of the matrices of `gemm`.
    private static let gemmSize = 4096

    /// One evaluation of MTD for one segment, both parents given, a prompt a frame.
    private func denoiserStep(_ model: Model) throws -> () -> Void {
        let c = model.configuration
        let (f, shape) = (c.segmentFrames, c.latentShape)
        let dimensions: Shape = [1, f, shape.height, shape.width, shape.channels]
        let values = (0..<dimensions.product).map { sin(Float($0)) }
        let mask = (0..<f).map { $0 == 0 || $0 == f - 1 ? Float(1) : 0 }
        let visual = model.mtd.visual(condition: Tensor(values, shape: dimensions), mask: mask, type: model.type)
        let context = model.mtd.context(
            visual: visual, text: model.text.encode(["Morning in the meadow. Pim walks to the right."]),
            prompts: [Int](repeating: 0, count: f), strides: [1], levels: [0])
        let x = Tensor(values, shape: dimensions)
        let timesteps = [Float](repeating: 500, count: f)
        return { _ = model.mtd.predict(x, timesteps: timesteps, context) }
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

    private func matrixProduct(_ type: ElementType) -> () -> Void {
        let n = Self.gemmSize
        let values = (0..<n * n).map { sin(Float($0)) / 64 }
        let x = Tensor(values, shape: [n, n], type: type)
        let weight = Parameter(name: "gemm", shape: [n, n], values: values)
        return { _ = linear(x, weight, nil) }
    }

    private func least(_ body: () -> Void) -> Double {
        for _ in 0..<warmup { body() }
        let clock = ContinuousClock()
        let times = (0..<max(1, repeats)).map { _ in clock.measure(body) }
        return times.min()! / .seconds(1)
    }
}

extension Precision: ExpressibleByArgument {}
