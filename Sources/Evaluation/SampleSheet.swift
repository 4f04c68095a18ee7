import Cartoon
import Corpora
package import Diffusion
import Models
package import Pictures

/// What a denoiser makes of a held-out script, to be looked at while it learns: its keyframes, each with its prompt.
package enum SampleSheet {
    /// Of the sampler: fewer than a film has, since nobody waits for a training.
    private static let effort = ModelConfiguration.Sampling.Effort(
        steps: 25, sampler: .dpmSolver, guidance: 3)
    private static let frames = 226
    private static let columns = 4

    /// Throws ``SegmentError`` of a model whose results are no numbers, and `PictureError`.
    package static func image(of model: Model) throws -> Image {
        let script = HeldOutScript(number: EpisodeNumbers.films, frames: frames, of: .validation)
        let stride = (frames - 1) / (model.configuration.segmentFrames - 1)
        let places = (0..<model.configuration.segmentFrames).map { min($0 * stride, frames - 1) }
        let captions = places.map { script.episode.caption(at: $0) }
        var iterator = try DenoiseIterator(
            model: model,
            request: SegmentRequest(
                seed: script.episode.seed, depth: 0, stride: stride, frames: places, prompts: captions),
            effort: effort)
        while !iterator.isFinished { try iterator.step() }
        var sheet = ContactSheet(columns: columns, title: "\(model.configuration.name): keyframes of a held-out script")
        for (image, caption) in zip(try model.decode(iterator.latents), captions) { sheet.add(image, label: caption) }
        return try sheet.image()
    }
}
