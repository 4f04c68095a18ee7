package import Diffusion
package import Pictures

/// The pictures of a whole film's latents, a stretch at a time, as a render decodes them: every stretch begins with the frame that the one
/// before it ended with, which is shown once.
package struct FilmPictures {
    private let model: Model
    private let latents: Latents
    private var stretches: ArraySlice<ClosedRange<Int>>
    private var waiting: ArraySlice<Image> = []

    package init(_ latents: Latents, model: Model) {
        (self.model, self.latents) = (model, latents)
        stretches = Self.stretches(frames: latents.frames)[...]
    }

    /// Of 16 frames at most, which share their ends.
    static func stretches(frames: Int) -> [ClosedRange<Int>] {
        stride(from: 0, to: max(1, frames - 1), by: 15).map { $0...min($0 + 15, frames - 1) }
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
