import Diffusion
import Foundation
import Models
import Pictures
import Tensors
import Testing

@testable import Training

/// T-KLVAE's gradients and a step of the optimiser against those of the PyTorch twin, of a model whose pictures leave at twice the size.
@Suite struct AutoencoderGoldenTests {
    private let golden: SafetensorsFile
    private let model: Model

    init() throws {
        golden = try SafetensorsFile(
            Workshop.fixtures.appending(path: "goldens/tiny-extended/autoencoder.safetensors"))
        model = try Model.load(
            directory: Workshop.fixtures.appending(path: "models/tiny-extended"), precision: .f32)
    }

    private func number(_ key: String) throws -> Double {
        try JSONDecoder().decode(Double.self, from: Data((golden.metadata[key] ?? "").utf8))
    }

    private func images(_ name: String) throws -> [Image] {
        let shape = try #require(golden.shape(of: name))
        let (values, count) = (try golden.floats(name), shape[1] * shape[2] * shape[3])
        return (0..<shape[0]).map { i in
            Image(
                width: shape[2], height: shape[1],
                pixels: values[i * count..<(i + 1) * count].map { UInt8($0) })
        }
    }

    /// The norm of x and some of its elements, as the twin's `sample_of`.
    private func sample(of x: [Float]) -> [Float] {
        let norm = Float(x.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
        return [norm] + stride(from: 0, to: x.count, by: max(1, x.count / 8)).map { x[$0] }
    }

    private func compare(_ name: String, _ found: [Float], tolerance: Double) throws {
        let expected = try golden.floats(name)
        try #require(found.count == expected.count, "\(name)")
        let difference = zip(found, expected).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }.squareRoot()
        let size = expected.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(difference <= tolerance * size + 1e-6, "\(name): \(difference) of \(size)")
    }

    @Test(
        "The loss, every gradient, and every weight after a step",
        arguments: [AutoencoderRecipe.Learns.decoder, .whole])
    func step(_ learns: AutoencoderRecipe.Learns) throws {
        let name = learns.rawValue
        let example = AutoencoderExample(
            entering: try images("\(name).entering"), leaving: try images("\(name).leaving"),
            isClip: learns == .decoder, noise: try golden.floats("\(name).noise"),
            strength: Float(try number("strength")))
        let parameters = model.parameters(of: .vae).filter { learns == .whole || $0.name.hasPrefix("decoder.") }
        let loss = AutoencoderLoss(
            model: model, learns: learns,
            weights: .init(square: 2, edges: 0.5, changes: 0.5, divergence: try number("weight")))
        let piece = loss.piece(example, by: parameters, share: 1)
        try compare("\(name).loss", [Float(piece.loss)], tolerance: 1e-5)
        var compared: [Parameter] = []
        for (parameter, gradient) in zip(parameters, piece.gradients) {
            let key = "\(name).gradient.\(parameter.name)"
            guard golden.shape(of: key) != nil else {
                // The encoder's temporal layers are left out.
                #expect(gradient == nil, "\(key)")
                continue
            }
            try compare(key, sample(of: try #require(gradient, "\(key)").values()), tolerance: 1e-3)
            compared.append(parameter)
        }
        #expect(compared.count > 80)

        let norm = piece.gradients.reduce(0) { $0 + ($1?.sumOfSquares ?? 0) }.squareRoot()
        AdamW(parameters, decay: 0.01).step(
            piece.gradients, rate: 1e-2, scale: Float(min(1, 0.5 / (norm + 1e-6))))
        for parameter in compared {
            try compare("\(name).after.\(parameter.name)", sample(of: parameter.values), tolerance: 2e-3)
        }
    }

    @Test("The loss of pictures falls as it says, measured by finite differences", arguments: [false, true])
    func slope(isClip: Bool) {
        let loss = PictureLoss(
            weights: .init(square: 2, edges: 0.5, changes: 0.7, divergence: 0), frames: 3, height: 4, width: 5)
        var random = RandomStream(seed: 1, purpose: 1, step: 0, item: 0)
        let (found, wanted) = (random.normals(3 * 4 * 5 * 3), random.normals(3 * 4 * 5 * 3))
        let (whole, slope) = loss.error(found, wanted, isClip: isClip, share: 0.5)
        for place in stride(from: 0, to: found.count, by: 7) {
            func moved(by step: Float) -> Double {
                var found = found
                found[place] += step
                return loss.error(found, wanted, isClip: isClip, share: 0.5).loss
            }
            let measured = (moved(by: 1e-3) - moved(by: -1e-3)) / 2e-3
            #expect(abs(measured - Double(slope[place])) < 2e-4, "at \(place): \(slope[place]), measured \(measured)")
        }
        #expect(whole > loss.error(found, found, isClip: isClip, share: 0.5).loss)
        #expect(loss.error(found, found, isClip: isClip, share: 0.5).loss == 0)
    }
}
