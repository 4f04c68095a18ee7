import Models
import Tensors

extension Model {
    /// The same model, but that pictures leave its decoder at `factor` times the size: at first each pixel as a square of equal ones.
    package convenience init(_ other: Model, enlargedBy factor: Int) throws {
        let patch = other.configuration.vae.outerPatch
        var c = other.configuration
        c.vae.upscale = c.vae.enlargement * factor
        c.vae.encoder = other.encoderHash
        c.video = .init(width: c.video.width * factor, height: c.video.height * factor)
        let learnt = Dictionary(uniqueKeysWithValues: other.parameters(of: .vae).map { ($0.name, $0.values) })
        let (vae, parameters) = try Weights.untrained(seed: 0) { [c] in try TKLVAE($0, c.vae) }
        let widening = Widening(patch: patch, factor: factor)
        for parameter in parameters {
            let values = learnt[parameter.name]!
            guard parameter.name.hasPrefix(Widening.layer) else {
                parameter.set(values)
                continue
            }
            let isTemporal = parameter.name.hasSuffix("temporal.weight")
            parameter.set(isTemporal ? widening.square(values) : widening.rows(values))
        }
        self.init(other, configuration: c, vae: vae, parameters: parameters)
    }
}

/// What becomes of the decoder's last layer, whose channels are the pixels of a block, when each pixel becomes a square of them.
private struct Widening {
    static let layer = "decoder.conv_out."

    /// By new channel, the old one whose pixel it is a part of, and which part.
    private var origins: [(channel: Int, part: Int)] = []

    init(patch: Int, factor: Int) {
        let side = patch * factor
        for color in 0..<3 {
            for y in 0..<side {
                for x in 0..<side {
                    let channel = (color * patch + y / factor) * patch + x / factor
                    origins.append((channel, y % factor * factor + x % factor))
                }
            }
        }
    }

    private var oldCount: Int { origins.map(\.channel).max()! + 1 }

    /// Values by channel: each new one has its old one's.
    func rows(_ values: [Float]) -> [Float] {
        let count = values.count / oldCount
        return origins.flatMap { values[$0.channel * count..<($0.channel + 1) * count] }
    }

    /// Values by channel and channel that is looked at: a part looks at the same parts of the others.
    func square(_ values: [Float]) -> [Float] {
        let (old, kernel) = (oldCount, values.count / oldCount / oldCount)
        return origins.flatMap { to in
            origins.flatMap { from in
                (0..<kernel).map { place in
                    to.part == from.part ? values[(to.channel * old + from.channel) * kernel + place] : 0
                }
            }
        }
    }
}
