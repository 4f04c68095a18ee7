import Digest
package import Foundation
package import Models
package import Pictures
package import Tensors

/// A model directory in memory: the three networks, a judge where it has one, and how they are sampled. Read-only and shared by all workers.
package final class Model: Sendable {
    package let configuration: ModelConfiguration
    /// SHA-256 of `model.json`, which in turn holds the hashes of the weights: it stands for every byte of the model.
    package let hash: String
    /// SHA-256 of the file that the encoder came with: latents of models that share it mean the same.
    package let encoderHash: String
    /// The type of the activations.
    package let type: ElementType
    package let vae: TKLVAE
    package let mtd: MTD
    package let text: TextEncoder
    /// nil where the model has none.
    package let judge: Judge?
    package let schedule: Schedule
    private let parameters: [Part: [Parameter]]

    /// Reads a directory of `model.json`, `vae.safetensors`, `mtd.safetensors`, `text.safetensors` and, where it says so, `judge.safetensors`.
    ///
    /// Every tensor that the configuration calls for must be there in its shape, no other may be, and the files' hashes must
    /// be those that `model.json` names. Throws ``ModelError``; `SystemError` where the system refuses a file that was there just now.
    ///
    /// - Parameter parts: of the denoiser, that it gets beside those it has, before it goes on learning.
    package static func load(
        directory: URL, precision: Precision = .automatic, adding parts: ModelConfiguration.MTDParts? = nil
    ) throws -> Model {
        try Model(directory: directory, precision: precision, parts)
    }

    private init(directory: URL, precision: Precision, _ parts: ModelConfiguration.MTDParts?) throws {
        if precision == .bf16 && !Engine.supportsBF16 { throw ModelError.bf16NotSupported }
        let description = directory.appending(path: ModelDocument.fileName)
        let (document, bytes) = try ModelDocument.read(in: directory)
        var extended = document.configuration
        if let parts {
            extended.add(parts)
            do {
                try extended.check()
            } catch let problem as ModelConfiguration.Problem {
                throw ModelError.configuration(
                    file: "\(description.path) with the recipe's [network]", key: problem.key, reason: problem.reason)
            }
        }
        let c = extended
        configuration = c
        hash = SHA256.hex(of: bytes)
        encoderHash = c.vae.encoder ?? document.files[Part.vae.fileName] ?? ""
        type =
            switch precision {
            case .automatic: Engine.bestType
            case .f32: .f32
            case .bf16: .bf16
            }
        var parameters: [Part: [Parameter]] = [:]
        func read<Network>(
            _ part: Part, new: Set<String> = [], _ body: (Weights) throws -> Network
        ) throws -> Network {
            let name = part.fileName
            let file = directory.appending(path: name)
            guard access(file.path, R_OK) == 0 else {
                throw ModelError.unreadable(file: file.path, code: errno)
            }
            // The tensors first: what they say is more telling than that a hash differs.
            let network: Network
            (network, parameters[part]) = try Weights.read(file, new: new, body)
            guard let expected = document.files[name] else {
                throw ModelError.configuration(file: description.path, key: "files.\(name)", reason: "is missing")
            }
            let found = try SHA256.hex(ofFile: file)
            guard found == expected else {
                throw ModelError.wrongHash(file: file.path, expected: expected, found: found)
            }
            return network
        }
        vae = try read(.vae) { try TKLVAE($0, c.vae) }
        mtd = try read(.mtd, new: parts == nil ? [] : MTD.addable) { try MTD($0, c.mtd) }
        text = try read(.text) { try TextEncoder($0, c.text) }
        judge = try c.judge.map { own in
            let network = try read(.judge) { try FigureNetwork($0, channels: own.channels) }
            return Judge(network, c, own)
        }
        schedule = Schedule(c.diffusion)
        self.parameters = parameters
    }

    /// The same model, but that its denoiser and text encoder have learnt nothing yet.
    package init(untrainedLike other: Model, seed: UInt64) throws {
        configuration = other.configuration
        hash = other.hash
        encoderHash = other.encoderHash
        type = other.type
        (schedule, judge) = (other.schedule, other.judge)
        vae = other.vae
        let c = other.configuration
        var parameters = other.parameters
        (mtd, parameters[.mtd]) = try Weights.untrained(seed: seed) { try MTD($0, c.mtd) }
        (text, parameters[.text]) = try Weights.untrained(seed: seed) { try TextEncoder($0, c.text) }
        self.parameters = parameters
    }

    /// The same model, but that its T-KLVAE has learnt nothing yet.
    package convenience init(_ other: Model, untrainedAutoencoder seed: UInt64) throws {
        let c = other.configuration
        let (vae, parameters) = try Weights.untrained(seed: seed) { try TKLVAE($0, c.vae) }
        self.init(other, configuration: c, vae: vae, parameters: parameters)
    }

    /// The same model with another T-KLVAE, whose parameters are `parameters`.
    init(_ other: Model, configuration: ModelConfiguration, vae: TKLVAE, parameters: [Parameter]) {
        self.configuration = configuration
        hash = other.hash
        encoderHash = configuration.vae.encoder ?? other.encoderHash
        type = other.type
        (schedule, judge) = (other.schedule, other.judge)
        self.vae = vae
        (mtd, text) = (other.mtd, other.text)
        self.parameters = other.parameters.merging([.vae: parameters]) { $1 }
    }

    /// The networks of a model, each with a file of weights.
    package enum Part: String, Sendable, CaseIterable {
        case vae, mtd, text
        /// Of models that have one.
        case judge

        package var fileName: String { "\(rawValue).safetensors" }
    }

    /// What a network learns, in the order of its declaration, named as in its file.
    package func parameters(of part: Part) -> [Parameter] { parameters[part] ?? [] }

    /// Latents to pictures, all frames of a segment at once. Throws ``SegmentError/pixelsNotFinite``.
    package func decode(_ latents: Latents) throws(SegmentError) -> [Image] {
        try images(vae.decode(latents, type: type))
    }

    /// Pictures of the encoder's size, each encoded for itself: what training learns from, since the encoder's temporal layers are the
    /// identity (docs/decisions/0001).
    package func encode(apart images: [Image]) -> Latents {
        vae.encode(pixels(of: images), frames: nil, type: type)
    }

    /// [N, H, W, 3] in -1...1
    private func pixels(of images: [Image]) -> Tensor {
        let size = configuration.entering
        precondition(
            images.allSatisfy { $0.width == size.width && $0.height == size.height },
            "the model encodes pictures of \(size.width)x\(size.height) only")
        return Tensor(pixelsOf: images)
    }

    /// pixels [F, H, W, 3] in -1...1
    private func images(_ pixels: Tensor) throws(SegmentError) -> [Image] {
        let (frames, height, width) = (pixels.shape[0], pixels.shape[1], pixels.shape[2])
        let values = pixels.values()
        guard values.allSatisfy(\.isFinite) else { throw SegmentError.pixelsNotFinite }
        let bytes = values.map { UInt8(min(max(($0 + 1) * 127.5, 0), 255).rounded()) }
        let count = height * width * 3
        return (0..<frames).map { frame in
            Image(width: width, height: height, pixels: Array(bytes[frame * count..<(frame + 1) * count]))
        }
    }
}
