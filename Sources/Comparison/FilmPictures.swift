package import Diffusion
package import Pictures

/// The pictures of a whole film's latents, a group at a time: every group begins with the frame that the one before it ended with, which
/// is shown once.
package struct FilmPictures {
    private let model: Model
    private let latents: Latents
    private var groups: ArraySlice<ClosedRange<Int>>
    private var waiting: ArraySlice<Image> = []

    /// - Parameter groups: frames that are decoded together, as ``SchemeSampler/groups(frames:)`` says
    package init(_ latents: Latents, groups: [ClosedRange<Int>], model: Model) {
        (self.model, self.latents, self.groups) = (model, latents, groups[...])
    }

    /// The next frame; nil after the last. Throws `SegmentError`.
    package mutating func next() throws -> Image? {
        if waiting.isEmpty {
            guard let group = groups.popFirst() else { return nil }
            let some = Latents(
                frames: group.count, height: latents.height, width: latents.width, channels: latents.channels,
                values: group.flatMap { latents[$0] })
            let images = try model.decode(some)
            waiting = groups.isEmpty ? images[...] : images.dropLast()
        }
        return waiting.popFirst()
    }
}
