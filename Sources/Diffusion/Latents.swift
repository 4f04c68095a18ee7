/// The latents of a segment: [F, h, w, c], row-major, normalised to about unit variance.
package struct Latents: Sendable, Equatable {
    package let frames: Int
    package let height: Int
    package let width: Int
    package let channels: Int
    package var values: [Float]

    /// - Precondition: `values.count == frames * height * width * channels`.
    package init(frames: Int, height: Int, width: Int, channels: Int, values: [Float]) {
        precondition(
            values.count == frames * height * width * channels,
            "latents of \(frames) frames of \(height)x\(width)x\(channels) cannot have \(values.count) values")
        self.frames = frames
        self.height = height
        self.width = width
        self.channels = channels
        self.values = values
    }

    /// The number of values in one frame.
    package var frameCount: Int { height * width * channels }

    /// One frame's latent, [h, w, c].
    package subscript(frame: Int) -> ArraySlice<Float> {
        get { values[frame * frameCount..<(frame + 1) * frameCount] }
        set { values.replaceSubrange(frame * frameCount..<(frame + 1) * frameCount, with: newValue) }
    }
}
