/// What went wrong with a chunk, a film or another video. The description names the file and the way out.
package enum VideoError: Error, Equatable, Sendable, Codable, CustomStringConvertible {
    /// A call into FFmpeg's libraries failed. `text` is av_strerror's.
    case library(file: String?, call: String, code: Int32, text: String)
    /// libavcodec was built without this encoder.
    case missingEncoder(name: String)
    case badFormat(format: VideoFormat, reason: String)
    /// An image does not fit the video that it was meant for. `index` counts from 0.
    case wrongImage(index: Int, width: Int, height: Int, pixels: Int, format: VideoFormat)
    case noFrames(what: String)
    /// A chunk is truncated or altered.
    case damagedChunk(file: String, reason: String)
    /// A chunk is sound, but not of this film's format.
    case foreignChunk(file: String, reason: String)
    case commentTooLong(bytes: Int, limit: Int)
    case noVideo(file: String)

    /// The `errno` behind a call into FFmpeg's libraries, which give it negated (AVERROR, libavutil/error.h); nil for
    /// errors of their own, and where no call failed.
    package var systemCode: Int32? {
        // Codes of their own are four letters, and far below any errno.
        if case .library(_, _, let code, _) = self, (-4095..<0).contains(code) { -code } else { nil }
    }

    /// Whether the machine is at fault, and neither the images nor how they were to be encoded.
    package var isOfMachine: Bool {
        switch self {
        case .library: systemCode != nil
        case .missingEncoder, .damagedChunk: true
        case .badFormat, .wrongImage, .noFrames, .foreignChunk, .commentTooLong, .noVideo: false
        }
    }

    package var description: String {
        switch self {
        case .library(let file, let call, _, let text):
            return (file.map { "\($0): " } ?? "") + "\(call) failed: \(text)"
        case .missingEncoder(let name):
            return """
                libavcodec has no encoder \(name). Debian's own libavcodec has it: `apt install libavcodec-dev` \
                (or libavcodec-extra); a libavcodec built by hand needs --enable-gpl --enable-libx264
                """
        case .badFormat(let format, let reason):
            return "cannot encode video of \(format): \(reason)"
        case .wrongImage(let index, let width, let height, let pixels, let format):
            return """
                image \(index) is \(width)x\(height) with \(pixels) bytes; the video takes \
                \(format.width)x\(format.height) with \(format.width * format.height * 3) bytes
                """
        case .noFrames(let what):
            return "\(what) has no frames: give at least one"
        case .damagedChunk(let file, let reason):
            return "\(file): damaged chunk: \(reason); remove it and render its segment again"
        case .foreignChunk(let file, let reason):
            return "\(file): this chunk does not belong to the film: \(reason)"
        case .commentTooLong(let bytes, let limit):
            return "the film's comment has \(bytes) bytes, more than the \(limit) that fit: shorten it"
        case .noVideo(let file):
            return "\(file): there is no video in this file"
        }
    }
}
