/// What a video's headers say of it.
package struct FilmFacts: Sendable, Equatable, Codable {
    /// 0 if the container does not say (MP4 does).
    package var frames: Int
    package var width: Int
    package var height: Int
    /// Frames per second on average; a whole number in films of our own, 0 if the container does not say.
    package var fps: Double
    /// Seconds.
    package var duration: Double
    /// libavcodec's name, as "h264".
    package var codec: String
    /// libavutil's name, as "yuv420p".
    package var pixelFormat: String
    /// The `comment` tag; in films of our own the provenance as JSON.
    package var comment: String?
}
