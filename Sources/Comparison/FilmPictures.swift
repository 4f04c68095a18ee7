package import Diffusion
package import Pictures

/// The pictures of a whole film's latents, a stretch at a time: every stretch begins with the frame that the one before it ended with, which
/// is shown once.
package struct FilmPictures {
    private let model: Model
    private let latents: Latents
    private var stretches: ArraySlice<ClosedRange<Int>>
    private var waiting: ArraySlice<Image> = []

    /// - Parameter stretches: frames that are decoded together, as ``FilmMaking/stretches(frames:)`` says
    package init(_ latents: Latents, stretches: [ClosedRange<Int>], model: Model) {
        (self.model, self.latents, self.stretches) = (model, latents, stretches[...])
    }

    /// The next frame; nil after the last.
    package mutating func next() throws -> Image? {
        if waiting.isEmpty {
            guard let stretch = stretches.popFirst() else { return nil }
            let some = Latents(
                frames: stretch.count, height: latents.height, width: latents.width, channels: latents.channels,
                values: stretch.flatMap { latents[$0] })
            let images = try model.decode(some)
            waiting = stretches.isEmpty ? images[...] : images.dropLast()
        }
        return waiting.popFirst()
    }
}
