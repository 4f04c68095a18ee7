import CLibAV
package import Foundation

/// A film that plays while it is made: fragmented MP4, as Media Source Extensions take it. Nothing is encoded again.
package enum Fragment {
    /// By how many frames everything is shown later than it lies in the film, since no frame may be decoded before time zero.
    package static let lag = 4

    /// What a player must know before the first fragment, the same for all chunks of one format, and its media type.
    /// - Throws: `VideoError` where the chunk is damaged, `SystemError` where the system does not give it
    package static func head(of chunk: URL) throws -> (type: String, bytes: Data) {
        // After a byte for its version, an avcC box names profile, constraints and level (ISO 14496-15; RFC 6381).
        let profile = try Demuxer(chunk, probing: false).extradata.dropFirst().prefix(3)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return ("video/mp4; codecs=\"avc1.\(profile)\"", try split(chunk, start: 0).head)
    }

    /// A chunk at its place in the film.
    /// - Parameter start: the film frame of its first frame
    /// - Throws: as ``head(of:)``
    package static func body(of chunk: URL, start: Int) throws -> Data { try split(chunk, start: start).body }

    private static func split(_ chunk: URL, start: Int) throws -> (head: Data, body: Data) {
        let fps = try ChunkTrailer(verifying: chunk).format.fps
        let demuxer = try Demuxer(chunk, probing: false)
        let muxer = try MP4Muxer(
            to: .fragment, parameters: UnsafePointer(demuxer.stream.pointee.codecpar), fps: fps)
        try demuxer.forEachPacket(fps: fps) { packet, shown, index in
            packet.pointer.pointee.pts = Int64(start + lag) + shown
            packet.pointer.pointee.dts = Int64(start + index)
            try muxer.write(packet)
        }
        let movie = try muxer.finish()
        guard let moof = movie.range(of: Data("moof".utf8)), moof.lowerBound >= 4 else {
            throw VideoError.noFrames(what: chunk.path)
        }
        return (Data(movie[..<(moof.lowerBound - 4)]), Data(movie[(moof.lowerBound - 4)...]))
    }
}
