import CLibAV
import Foundation
import Pictures

@testable import Video

/// A small format with quick settings, but B-frames as in films.
let smallFormat = VideoFormat(width: 64, height: 48, fps: 24, crf: 10, preset: "veryfast")

/// A soft gradient with a square that moves with time, so that every frame differs and compresses well.
func picture(_ time: Int, width: Int = 64, height: Int = 48) -> Image {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height {
        for x in 0..<width {
            if (x - time * 2 % width + width) % width < 12 && (16..<32).contains(y) {
                pixels += [220, 180, 40]
            } else {
                pixels += [UInt8(40 + x * 160 / width), UInt8(60 + y * 120 / height), UInt8(90 + time % 60)]
            }
        }
    }
    return Image(width: width, height: height, pixels: pixels)
}

func pictures(_ times: Range<Int>) -> [Image] { times.map { picture($0) } }

/// What players go by.
struct Headers: Equatable {
    /// libavcodec's name.
    var codec: String
    /// libavutil's name.
    var pixelFormat: String
    /// Seconds, by the stream's own account.
    var duration: Double
}

func headers(of film: URL) throws -> Headers {
    let demuxer = try Demuxer(film, probing: true)
    defer { withExtendedLifetime(demuxer) {} }
    let stream = demuxer.stream.pointee
    let parameters = stream.codecpar.pointee
    return Headers(
        codec: String(cString: avcodec_get_name(parameters.codec_id)),
        pixelFormat: String(cString: av_get_pix_fmt_name(AVPixelFormat(rawValue: parameters.format))),
        duration: Double(stream.duration) * av_q2d(stream.time_base))
}

/// A film of these chunks, after each was checked.
@discardableResult
func mux(chunks: [URL], format: VideoFormat, comment: String, output: URL) throws -> FilmFacts {
    try Film.mux(chunks: chunks.map(Chunk.verify), format: format, comment: comment, output: output) {}
}

/// Peak signal-to-noise ratio in dB between two images of one size.
func psnr(_ first: Image, _ second: Image) -> Double {
    let squares = zip(first.pixels, second.pixels).reduce(0) { sum, pair in
        let difference = Int(pair.0) - Int(pair.1)
        return sum + difference * difference
    }
    return 10 * log10(255 * 255 * Double(first.pixels.count) / Double(max(squares, 1)))
}

func decodeAll(_ url: URL) throws -> [Image] {
    let reader = try VideoReader(url)
    var images: [Image] = []
    while let image = try reader.next() { images.append(image) }
    return images
}

/// A directory for one test, removed with the object.
final class Scratch {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "video-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func file(_ name: String) -> URL { directory.appending(path: name) }

    func chunk(_ name: String, _ times: Range<Int>, format: VideoFormat = smallFormat) throws -> URL {
        let images = times.map { picture($0, width: format.width, height: format.height) }
        try Chunk.encode(images, format: format).write(to: file(name))
        return file(name)
    }
}

/// The boxes at the top of an MP4, in order.
func topLevelBoxes(_ movie: Data) -> [String] {
    var names: [String] = []
    var rest = movie[...]
    while rest.count >= 8 {
        let size = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        names.append(String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self))
        rest = rest.dropFirst(max(size, 8))
    }
    return names
}
