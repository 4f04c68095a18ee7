/// What a video's headers say of it.
public struct FilmFacts: Sendable, Equatable, Codable {
    /// 0 if the container does not say (MP4 does).
    public var frames: Int
    public var width: Int
    public var height: Int
    /// Frames per second on average; a whole number in films of our own, 0 if the container does not say.
    public var fps: Double
    /// Seconds.
    public var duration: Double
    /// libavcodec's name, as "h264".
    public var codec: String
    /// libavutil's name, as "yuv420p".
    public var pixelFormat: String
    /// The `comment` tag; in films of our own the provenance as JSON.
    public var comment: String?
}
