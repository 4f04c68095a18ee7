/// The latents of a segment: [F, h, w, c], row-major, normalised to about unit variance.
public struct Latents: Sendable, Equatable {
    public let frames: Int
    public let height: Int
    public let width: Int
    public let channels: Int
    public var values: [Float]

    /// - Precondition: `values.count == frames * height * width * channels`.
    public init(frames: Int, height: Int, width: Int, channels: Int, values: [Float]) {
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
    public var frameCount: Int { height * width * channels }

    /// One frame's latent, [h, w, c].
    public subscript(frame: Int) -> ArraySlice<Float> {
        get { values[frame * frameCount..<(frame + 1) * frameCount] }
        set { values.replaceSubrange(frame * frameCount..<(frame + 1) * frameCount, with: newValue) }
    }
}
