import Cartoon
import Diffusion
import Foundation
import Models
import Tensors
import Testing

@testable import Training

/// Gradients and optimiser steps against those of the PyTorch twin.
@Suite struct GoldenTests {
    private struct Case: Decodable {
        let f: Int
        let t, stride, level: [Int]
        let given: [[Int]]
    }

    private let golden: SafetensorsFile
    private let model: Model
    private let parameters: [(name: String, parameter: Parameter)]

    init() throws { try self.init("tiny") }

    private init(_ name: String) throws {
        let fixtures = Workshop.fixtures
        golden = try SafetensorsFile(fixtures.appending(path: "goldens/\(name)/training.safetensors"))
        model = try Model.load(directory: fixtures.appending(path: "models/\(name)"), precision: .f32)
        parameters = [Model.Part.mtd, .text].flatMap { [model] part in
            model.parameters(of: part).map { ("\(part.rawValue).\($0.name)", $0) }
        }
    }

    private func metadata<Value: Decodable>(_ key: String, of file: SafetensorsFile? = nil) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(((file ?? golden).metadata[key] ?? "").utf8))
    }

    /// The batch that the twin learnt from.
    ///
    /// - Parameter figures: of the frames, over and over again.
    private func examples(_ name: String, figures: [[Truth.Figure]] = [[]]) throws -> [DenoiserExample] {
        let cases: [String: Case] = try metadata("cases")
        let prompts: [String] = try metadata("prompts")
        let known = try #require(cases[name])
        let shape = try #require(golden.shape(of: "\(name).clean"))
        return try known.t.indices.map { row in
            func values(_ kind: String) throws -> [Float] {
                try golden.floats("\(name).\(kind)", items: row..<row + 1)
            }
            func latents(_ kind: String) throws -> Latents {
                Latents(
                    frames: shape[1], height: shape[2], width: shape[3], channels: shape[4],
                    values: try values(kind))
            }
            let parents = try latents("parents")
            func parent(_ frame: Int) -> [Float]? {
                known.given[row].contains(frame) ? Array(parents[frame]) : nil
            }
            let condition = Condition(
                frames: known.f,
                known: Dictionary(
                    uniqueKeysWithValues: [0, known.f - 1].compactMap { place in parent(place).map { (place, $0) } }),
                between: model.configuration.mtd.between, level: known.level[row])
            return DenoiserExample(
                latents: try latents("clean"),
                tokens: prompts[row * known.f..<(row + 1) * known.f].map(model.text.tokenizer.tokens),
                stride: known.stride[row], timestep: known.t[row], noise: try values("noise"),
                condition: known.f == 1 ? nil : condition,
                figures: (0..<known.f).map { figures[(row * known.f + $0) % figures.count] })
        }
    }

    private func pieces(_ name: String, count: Int = 1) throws -> [LossPiece] {
        let examples = try examples(name)
        return (0..<count).map { piece in
            let range = piece * examples.count / count..<(piece + 1) * examples.count / count
            return DenoiserLoss(model: model).piece(
                Array(examples[range]), by: parameters.map(\.parameter), total: .init(examples))
        }
    }

    /// The norm of x and some of its elements, as the twin's `sample_of`.
    private func sample(of x: [Float], elements: Int = 32) -> [Float] {
        let norm = Float(x.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
        return [norm] + stride(from: 0, to: x.count, by: max(1, x.count / elements)).map { x[$0] }
    }

    private func compare(
        _ name: String, of file: SafetensorsFile? = nil, _ found: [Float], tolerance: Double
    ) throws {
        let expected = try (file ?? golden).floats(name)
        try #require(found.count == expected.count, "\(name)")
        let difference = zip(found, expected).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }.squareRoot()
        let size = expected.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        // What should be zero, like a key's bias under softmax, is noise on both sides.
        #expect(difference <= tolerance * size + 1e-6, "\(name): \(difference) of \(size)")
    }

    @Test("The loss and every gradient of the whole network", arguments: ["clips", "stills"])
    func gradients(_ name: String) throws {
        let piece = try pieces(name)[0]
        try compare("\(name).loss", [Float(piece.loss)], tolerance: 1e-5)
        var compared = 0
        for (parameter, gradient) in zip(parameters, piece.gradients) {
            let key = "\(name).gradient.\(parameter.name)"
            guard golden.shape(of: key) != nil else {
                // The twin has none where the loss does not depend on it; zeros say the same.
                #expect(gradient?.values().allSatisfy { $0 == 0 } ?? true, "\(key)")
                continue
            }
            try compare(key, sample(of: try #require(gradient, "\(key)").values()), tolerance: 1e-3)
            compared += 1
        }
        #expect(compared > (name == "clips" ? 200 : 120))
    }

    @Test("Every gradient of a network with attention over space and time, told where prompts hold")
    func extendedGradients() throws { try GoldenTests("tiny-extended").gradients("clips") }

    @Test("The gradients of a network that is asked who is where, and of the heads that ask; the heads after a step")
    func figures() throws { try GoldenTests("tiny-extended").compareFigures() }

    private func compareFigures() throws {
        let file = try SafetensorsFile(
            Workshop.fixtures.appending(path: "goldens/tiny-extended/figures.safetensors"))
        let heads = try Whereabouts(untrained: 1, for: model.configuration)
        let asked = heads.parameters.map { ("whereabouts.\($0.name)", $0) }
        for (name, parameter) in asked { parameter.set(try file.floats("weights.\(name)")) }
        let all = parameters + asked
        let examples = try examples("clips", figures: metadata("figures", of: file))
        // In two pieces, since the mean over frames is that of the batch.
        let pieces = try examples.map {
            DenoiserLoss(model: model, asking: (heads, try metadata("share", of: file))).piece(
                [$0], by: all.map(\.1), total: .init(examples))
        }
        try compare("loss", of: file, [Float(pieces[0].loss + pieces[1].loss)], tolerance: 1e-5)
        try compare("part", of: file, [Float(pieces[0].parts[0] + pieces[1].parts[0])], tolerance: 1e-5)
        let gradients = try all.indices.map { i in
            try add(#require(pieces[0].gradients[i]), #require(pieces[1].gradients[i]))
        }
        for ((name, _), gradient) in zip(all, gradients) {
            try compare(
                "gradient.\(name)", of: file, sample(of: gradient.values(), elements: 4), tolerance: 1e-3)
        }
        step(AdamW(all.map(\.1), decay: 0.01), gradients)
        for (name, parameter) in asked {
            try compare("after.\(name)", of: file, sample(of: parameter.values, elements: 4), tolerance: 2e-3)
        }
    }

    @Test(
        "What a teacher would have its student predict at each of its steps, guided where neither end has the prompt more than elsewhere"
    )
    func distilled() throws { try GoldenTests("tiny-extended").compareDistilled() }

    private func compareDistilled() throws {
        let file = try SafetensorsFile(
            Workshop.fixtures.appending(path: "goldens/tiny-extended/distilled.safetensors"))
        let prompts: [String] = try metadata("prompts", of: file)
        let (into, from): (Int, Int) = try (metadata("into", of: file), metadata("from", of: file))
        let shape = try #require(file.shape(of: "clean"))
        let examples = try (0..<shape[0]).map { row in
            let clean = Latents(
                frames: shape[1], height: shape[2], width: shape[3], channels: shape[4],
                values: try file.floats("clean", items: row..<row + 1))
            let ends = Dictionary(uniqueKeysWithValues: [0, shape[1] - 1].map { ($0, Array(clean[$0])) })
            return DenoiserExample(
                latents: clean,
                tokens: prompts[row * shape[1]..<(row + 1) * shape[1]].map(model.text.tokenizer.tokens), stride: 15,
                timestep: model.schedule.timesteps(into)[row],
                noise: try file.floats("noise", items: row..<row + 1),
                condition: Condition(
                    frames: shape[1], known: ends, between: model.configuration.mtd.between, level: 0),
                figures: nil, lesson: .init(into: into, from: from, step: row))
        }
        let found = Distillation(teacher: model).targets(examples).flatMap { $0 }
        try compare("target", of: file, found, tolerance: 1e-4)
    }

    @Test("Pieces of a batch add up to the whole")
    func piecewise() throws {
        let whole = try pieces("clips")[0]
        let halves = try pieces("clips", count: 2)
        #expect(abs(halves[0].loss + halves[1].loss - whole.loss) < 1e-6)
        for (i, parameter) in parameters.enumerated() {
            let expected = try #require(whole.gradients[i]).values()
            let parts = halves.compactMap { $0.gradients[i]?.values() }
            let sum = expected.indices.map { j in parts.reduce(0) { $0 + $1[j] } }
            let size = expected.reduce(1e-4) { max($0, abs($1)) }
            #expect(zip(sum, expected).allSatisfy { abs($0 - $1) < 1e-4 * size }, "\(parameter.name)")
        }
    }

    private func step(_ optimiser: AdamW, _ gradients: [Tensor?]) {
        let norm = gradients.reduce(0) { $0 + ($1?.sumOfSquares ?? 0) }.squareRoot()
        optimiser.step(gradients, rate: 1e-2, scale: Float(min(1, 0.5 / (norm + 1e-6))))
    }

    @Test("Two steps of AdamW on clipped gradients")
    func steps() throws {
        let optimiser = AdamW(parameters.map(\.parameter), decay: 0.01)
        for _ in 0..<2 { step(optimiser, try pieces("clips")[0].gradients) }
        for (name, parameter) in parameters {
            try compare("after.\(name)", sample(of: parameter.values), tolerance: 2e-3)
        }
    }
}
