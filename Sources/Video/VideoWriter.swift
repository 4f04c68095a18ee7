package import Foundation
package import Pictures

/// Writes a video in one pass: open, append each image, finish. Not to be shared between threads.
///
/// The file is playable only after ``finish()``; without it an unreadable one stays behind. It starts a closed group of pictures every two seconds.
package final class VideoWriter {
    private let encoder: H264Encoder
    private let muxer: MP4Muxer
    private let path: String
    private var count = 0

    /// - Parameter comment: kept in the `comment` tag; at most ``Film/commentLimit`` bytes.
    /// - Throws: `VideoError` where the file cannot be made, or there is no encoder
    package init(url: URL, format: VideoFormat, comment: String?) throws {
        path = url.path
        let encoder = try H264Encoder(format: format, keyframeInterval: 2 * format.fps)
        self.encoder = encoder
        muxer = try encoder.withParameters {
            try MP4Muxer(to: .file(url), parameters: $0, fps: format.fps, comment: comment)
        }
    }

    /// - Parameter image: of the format's size
    /// - Throws: `VideoError`
    package func append(_ image: Image) throws {
        try encoder.append(image, output: muxer.write)
        count += 1
    }

    /// Writes what is still held back, then the index at the front. Nothing can be appended afterwards.
    /// - Throws: `VideoError`, also where there was no image
    package func finish() throws {
        guard count > 0 else { throw VideoError.noFrames(what: path) }
        try encoder.finish(output: muxer.write)
        try muxer.finish()
    }
}
