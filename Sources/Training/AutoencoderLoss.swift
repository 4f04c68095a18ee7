import Diffusion
import Foundation
import Models
import Pictures
import Tensors

/// The loss of T-KLVAE, and how it falls: what ``PictureLoss`` says of the pictures; and, while the encoder learns, how far its posterior is from
/// the normal distribution.
struct AutoencoderLoss {
    let model: Model
    let learns: AutoencoderRecipe.Learns
    let weights: AutoencoderRecipe.Loss

    /// Of a piece.
    ///
    /// - Parameters:
    ///   - parameters: by which gradients are wanted.
    ///   - share: what the piece counts in the batch.
    func piece(_ example: AutoencoderExample, by parameters: [Parameter], share: Float) -> LossPiece {
        switch learns {
        case .decoder:
            let mean = model.vae.posterior(Tensor(pixelsOf: example.entering), frames: nil, type: model.type).mean
            let z = noisy(mean, example)
            let (y, tape) = Tape.record { decoded(z, example) }
            let (loss, slope) = error(y, example, share)
            let gradients = tape.backward(from: y, seed: Tensor(slope, shape: y.shape))
            return LossPiece(loss: loss, gradients: parameters.map { gradients[$0] })
        case .whole: return whole(example, parameters, share)
        }
    }

    /// Without noise: the loss of the pictures, and their mean signal-to-noise ratio in dB.
    func measure(_ example: AutoencoderExample) -> (loss: Double, decibel: Double) {
        let y = decoded(
            model.vae.posterior(Tensor(pixelsOf: example.entering), frames: nil, type: model.type).mean, example)
        let (found, wanted) = (y.values(), example.leaving.map(\.values))
        let ratios = wanted.enumerated().map { i, wanted in
            let found = found[i * wanted.count..<(i + 1) * wanted.count]
            let sum = zip(found, wanted).reduce(0.0) { $0 + pow(Double(min(max($1.0, -1), 1) - $1.1), 2) }
            return -10 * log10(sum / Double(wanted.count) / 4)
        }
        return (error(y, example, 1).loss, ratios.reduce(0, +) / Double(ratios.count))
    }

    private func decoded(_ z: Tensor, _ example: AutoencoderExample) -> Tensor {
        model.vae.decode(z, frames: example.frames, type: model.type)
    }

    /// As in a render: latents that the denoiser made are not exact.
    private func noisy(_ z: Tensor, _ example: AutoencoderExample) -> Tensor {
        let std = model.configuration.vae.latentStd.map(Float.init)
        let values = zip(z.values(), example.noise).enumerated().map { i, pair in
            pair.0 + example.strength * std[i % std.count] * pair.1
        }
        return Tensor(values, shape: z.shape)
    }

    private func error(_ y: Tensor, _ example: AutoencoderExample, _ share: Float) -> (loss: Double, slope: [Float]) {
        let pictures = PictureLoss(weights: weights, frames: y.shape[0], height: y.shape[1], width: y.shape[2])
        return pictures.error(
            y.values(), example.leaving.flatMap(\.values), isClip: example.isClip, share: share)
    }

    /// Beyond these a logarithm of the variance counts as the bound.
    private static let logVariances: ClosedRange<Float> = -30...20

    /// Both halves, one after the other: a latent is drawn from the posterior (Kingma and Welling 2014), so the encoder learns by how the
    /// decoder's loss falls with the latent.
    private func whole(_ example: AutoencoderExample, _ parameters: [Parameter], _ share: Float) -> LossPiece {
        let ((mean, logVariance), encoding) = Tape.record {
            model.vae.posterior(Tensor(pixelsOf: example.entering), frames: nil, type: model.type)
        }
        let (means, logs) = (mean.values(), logVariance.values())
        let bounds = Self.logVariances
        let deviations = logs.map { exp(0.5 * min(max($0, bounds.lowerBound), bounds.upperBound)) }
        let z = Tensor(means.indices.map { means[$0] + deviations[$0] * example.noise[$0] }, shape: mean.shape)
        let (y, decoding) = Tape.record(watching: [z]) { decoded(z, example) }
        let (pictureLoss, slope) = error(y, example, share)
        let gradients = decoding.backward(from: y, seed: Tensor(slope, shape: y.shape))

        let byLatent = gradients[z]!.values()
        let divergence = share * Float(weights.divergence) / Float(means.count)
        var (loss, byMean, byLog) = (pictureLoss, means, logs)
        for i in means.indices {
            let variance = deviations[i] * deviations[i]
            let bounded = min(max(logs[i], bounds.lowerBound), bounds.upperBound)
            loss += Double(divergence * 0.5 * (means[i] * means[i] + variance - 1 - bounded))
            byMean[i] = byLatent[i] + divergence * means[i]
            byLog[i] =
                bounds.contains(logs[i])
                ? 0.5 * (byLatent[i] * example.noise[i] * deviations[i] + divergence * (variance - 1)) : 0
        }
        let encoder = encoding.backward(from: [
            (mean, Tensor(byMean, shape: mean.shape)), (logVariance, Tensor(byLog, shape: mean.shape)),
        ])
        return LossPiece(loss: loss, gradients: parameters.map { gradients[$0] ?? encoder[$0] })
    }
}
