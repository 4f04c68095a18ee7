import Foundation
import Models
import Pictures
import Tensors
import Testing

@testable import Diffusion

/// Whole networks against the twin's.
@Suite struct NetworkTests {
    private func model(_ directory: URL, _ type: ElementType) throws -> Model {
        try Model.load(directory: directory, precision: type.precision)
    }

    private func compare(_ name: String, _ type: ElementType, _ found: [Float], _ expected: [Float]) {
        let difference = Difference("\(name) \(type)", found, expected)
        print(difference)
        #expect(difference.relative < type.tolerance)
    }

    private func text(_ directory: URL, _ name: String) throws {
        let model = try model(directory, .f32)
        let golden = try Golden(name, "text")
        let prompts: [String] = try golden.metadata("prompts")
        let ids = try golden.values("ids")
        let maxTokens = model.text.tokenizer.maxTokens
        for (row, prompt) in prompts.enumerated() {
            let tokens = model.text.tokenizer.tokens(prompt)
            let padded = tokens + [Int](repeating: 0, count: maxTokens - tokens.count)
            #expect(padded == ids[row * maxTokens..<(row + 1) * maxTokens].map { Int($0) })
        }
        let encoded = model.text.encode(prompts)
        // What padding stands for is never looked at.
        let (longest, width) = (encoded.vectors.shape[1], encoded.vectors.shape[2])
        let found = encoded.vectors.values()
        let expected = try golden.values("vectors")
        for (row, length) in encoded.lengths.enumerated() {
            compare(
                "\(name) text \(row)", .f32, Array(found[row * longest * width..<(row * longest + length) * width]),
                Array(expected[row * maxTokens * width..<(row * maxTokens + length) * width]))
        }
    }

    private func predict(_ directory: URL, _ name: String, _ type: ElementType, _ cases: [String]) throws {
        let model = try model(directory, type)
        let golden = try Golden(name, "mtd")
        for c in cases {
            let prompts: [String] = try golden.metadata(c)
            let distinct = Array(Set(prompts)).sorted()
            let visual = model.mtd.visual(
                condition: try golden.tensor("\(c).condition"), mask: try golden.values("\(c).mask"), type: type)
            let context = model.mtd.context(
                visual: visual, text: model.text.encode(distinct),
                prompts: prompts.map { distinct.firstIndex(of: $0) ?? 0 },
                strides: try golden.values("\(c).stride").map { Int($0) },
                levels: try golden.values("\(c).level").map { Int($0) })
            let y = model.mtd.predict(
                try golden.tensor("\(c).x"), timesteps: try golden.values("\(c).t"), context)
            #expect(y.type == .f32)
            compare("\(name) MTD \(c)", type, y.values(), try golden.values("\(c).y"))
        }
    }

    private func decode(_ directory: URL, _ name: String, _ type: ElementType) throws {
        let model = try model(directory, type)
        let golden = try Golden(name, "vae")
        let pixels = model.vae.decode(try golden.latents("latents"), type: type)
        #expect(pixels.type == .f32)
        compare("\(name) VAE decode", type, pixels.values(), try golden.values("decoded"))
    }

    @Test("The text encoder") func text() throws { try text(Fixtures.tiny, "tiny") }

    @Test("MTD: without parents, with two, and with the first alone", arguments: ElementType.supported)
    func mtd(type: ElementType) throws {
        try predict(Fixtures.tiny, "tiny", type, ["global", "local", "continuation"])
    }

    @Test(
        "MTD with attention over space and time, further blocks, told where prompts hold, and shown their frames' mean",
        arguments: ElementType.supported)
    func extended(type: ElementType) throws { try predict(Fixtures.extended, "tiny-extended", type, ["local"]) }

    @Test("A denoiser that gets new parts predicts as before")
    func partsChangeNothingAtFirst() throws {
        let parts = ModelConfiguration.MTDParts(
            spaceTimeAttention: [false, true, true], deeper: [1, 0, 2], runs: true, runMean: true, sharedNoise: nil)
        let before = try model(Fixtures.tiny, .f32)
        let after = try Model.load(directory: Fixtures.tiny, precision: .f32, adding: parts)
        #expect(after.parameters(of: .mtd).count > before.parameters(of: .mtd).count)
        let golden = try Golden("tiny", "mtd")
        let predictions = try [before, after].map { model in
            let visual = model.mtd.visual(
                condition: try golden.tensor("local.condition"), mask: try golden.values("local.mask"), type: .f32)
            let context = model.mtd.context(
                visual: visual, text: model.text.encode(["Night.", "Pim walks."]), prompts: [0, 0, 1, 1],
                strides: [15], levels: [0])
            return model.mtd.predict(
                try golden.tensor("local.x"), timesteps: try golden.values("local.t"), context
            ).values()
        }
        #expect(predictions[0] == predictions[1])
    }

    @Test("The mean of a prompt's frames is of its own segment's alone, and a prompt that comes again counts")
    func runMeans() {
        let x: [Float] = [1, 10, 3, 30, 5, 50, 8, 80, /**/ 100, 0, 0, 0, 200, 0, 0, 0]
        #expect(
            MTD.runMeans(of: x, MTD.framesOfPrompts([7, 7, 9, 7, 7, 9, 7, 7], frames: 4))
                == [4, 40, 4, 40, 5, 50, 4, 40, /**/ 100, 0, 0, 0, 100, 0, 100, 0])
    }

    @Test("A frame is told whether the prompts before, behind, first and last are its own")
    func runs() {
        #expect(
            MTD.runs(of: [7, 7, 9, 7, 1, 1, 1, 1], frames: 4)
                == [0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1] + [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1])
    }

    @Test("MTD with the paper's condition: nothing between the parents", arguments: ElementType.supported)
    func zero(type: ElementType) throws {
        let copy = try ModelCopy()
        try copy.set("mtd", "between", to: "zero")
        try copy.rewrite("mtd.safetensors") { tensors in
            (tensors["fade.weight"], tensors["fade.bias"]) = (nil, nil)
            // [8, 8, 3, 3] -> [8, 4, 3, 3]: the channels that tell how the parents differ are no more.
            let wide = tensors["condition.convs.0.weight"]!.values
            let narrow = stride(from: 0, to: wide.count, by: 8 * 9).flatMap { wide[$0..<$0 + 4 * 9] }
            tensors["condition.convs.0.weight"] = ([8, 4, 3, 3], narrow)
        }
        try predict(copy.directory, "tiny", type, ["zero"])
    }

    @Test("T-KLVAE decodes", arguments: ElementType.supported)
    func decode(type: ElementType) throws {
        try decode(Fixtures.tiny, "tiny", type)
        try decode(Fixtures.extended, "tiny-extended", type)
    }

    @Test("A decoder that is given more pixels draws at first each of its own as a square of them", arguments: [2, 3])
    func enlarged(factor: Int) throws {
        let model = try model(Fixtures.tiny, .f32)
        let latents = try Golden("tiny", "vae").latents("latents")
        let before = try model.decode(latents)
        let after = try Model(model, enlargedBy: factor).decode(latents)
        #expect(after.map(\.width) == before.map { factor * $0.width })
        #expect(after.map { $0.reduced(by: factor) } == before)
        let (last, width) = (after[3], after[3].width)
        #expect(
            (0..<width / factor).allSatisfy { x in
                let first = x * factor * 3
                let below = first + ((factor - 1) * width + factor - 1) * 3
                return last.pixels[first..<first + 3].elementsEqual(last.pixels[below..<below + 3])
            })
    }

    @Test("T-KLVAE encodes", arguments: ElementType.supported)
    func encode(type: ElementType) throws {
        try encode(Fixtures.tiny, "tiny", type)
        try encode(Fixtures.extended, "tiny-extended", type)
    }

    private func encode(_ directory: URL, _ name: String, _ type: ElementType) throws {
        let model = try model(directory, type)
        let golden = try Golden(name, "vae")
        let pixels = try golden.tensor("pixels")
        compare(
            "\(name) VAE encode", type, model.vae.encode(pixels, frames: pixels.shape[0], type: type).values,
            try golden.values("encoded"))
        let (_, logVariance) = model.vae.posterior(pixels, frames: pixels.shape[0], type: type)
        compare("\(name) VAE log variance", type, logVariance.values(), try golden.values("log_variance"))
    }

    static let hasCartoon =
        FileManager.default.fileExists(atPath: Fixtures.cartoon.appending(path: "model.json").path)
        && FileManager.default.fileExists(atPath: Fixtures.goldens("cartoon", "mtd").path)

    @Test("The default model's networks", .enabled(if: hasCartoon), arguments: ElementType.supported)
    func cartoon(type: ElementType) throws {
        if type == .f32 { try text(Fixtures.cartoon, "cartoon") }
        try predict(Fixtures.cartoon, "cartoon", type, ["local"])
        try decode(Fixtures.cartoon, "cartoon", type)
    }
}
