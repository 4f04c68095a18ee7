import CLibAV
package import Foundation
package import Pictures

/// A small playable MP4 of one closed group of pictures, which ends with a checksum of itself (``ChunkTrailer``).
///
/// The same images give the same bytes: one thread, fixed settings. Chunks of one format share their H.264 headers, so
/// that ``Film`` can join them without encoding again.
package enum Chunk {
    /// Every chunk begins with a key frame, and only chunks longer than this have another: far beyond any segment.
    /// It does not depend on the chunk's length, since some of the headers depend on it.
    static let keyframeInterval = 250

    /// The chunk's bytes. The caller writes them.
    ///
    /// - Parameter images: at least one, all of the format's size.
    /// - Throws: `VideoError`
    package static func encode(_ images: [Image], format: VideoFormat) throws -> Data {
        guard !images.isEmpty else { throw VideoError.noFrames(what: "a chunk") }
        let encoder = try H264Encoder(format: format, keyframeInterval: keyframeInterval)
        let muxer = try encoder.withParameters { try MP4Muxer(to: .memory, parameters: $0, fps: format.fps) }
        var reordering = Reordering()
        let write = { (packet: Packet) in
            reordering.add(time: packet.pointer.pointee.pts)
            try muxer.write(packet)
        }
        for image in images { try encoder.append(image, output: write) }
        try encoder.finish(output: write)
        let movie = try muxer.finish()
        let trailer = ChunkTrailer(format: format, frames: images.count, delay: reordering.delay)
        return try movie + trailer.box(after: movie)
    }

    /// Reads a chunk's checksum and compares it. Throws ``VideoError/damagedChunk(file:reason:)`` if anything in the
    /// file was cut off or changed, or if it is no chunk, and `SystemError` where the system does not give it for another reason.
    package static func verify(_ file: URL) throws -> VerifiedChunk {
        VerifiedChunk(file: file, trailer: try ChunkTrailer(verifying: file))
    }
}

/// A chunk whose bytes are those that were written. ``Film`` is made from nothing else, so none is read and hashed twice for it.
package struct VerifiedChunk: Sendable {
    package let file: URL
    let trailer: ChunkTrailer

    package var frames: Int { trailer.frames }
    package var format: VideoFormat { trailer.format }
}

/// How many packets a frame waits at most between being decoded and being shown, for B-frames are stored after the
/// later frames that they refer to.
private struct Reordering {
    private(set) var delay = 0
    private var position = 0

    mutating func add(time: Int64) {
        delay = max(delay, position - Int(time))
        position += 1
    }
}
