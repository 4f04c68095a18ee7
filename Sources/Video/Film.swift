import CLibAV
package import Foundation

/// Joins chunks into the film, and says what a film is.
package enum Film {
    /// The largest comment in bytes of UTF-8.
    package static let commentLimit = 65_536

    /// Joins chunks in their order, without encoding again; one packet in memory at a time.
    ///
    /// The film starts at 0, lasts exactly frames / fps seconds, and has its index at the front. The same input gives
    /// the same bytes. What is at `output` is replaced, and incomplete until this returns: pass a temporary name, sync
    /// and rename.
    ///
    /// - Parameters:
    ///   - format: what each chunk must have been encoded with.
    ///   - comment: kept in the `comment` tag; at most ``commentLimit`` bytes.
    ///   - between: called after each chunk that was copied; what it throws ends the work.
    /// - Throws: ``VideoError/foreignChunk(file:reason:)`` before anything is written, naming the first chunk that was encoded otherwise;
    ///   ``VideoError/library(file:call:code:text:)`` when writing fails.
    package static func mux(
        chunks: [VerifiedChunk], format: VideoFormat, comment: String, output: URL, between: () throws -> Void
    ) throws -> FilmFacts {
        try format.validate()
        guard let first = chunks.first else { throw VideoError.noFrames(what: output.path) }
        for chunk in chunks where chunk.format != format {
            throw VideoError.foreignChunk(
                file: chunk.file.path, reason: "it has \(chunk.format), the film has \(format)")
        }
        let delay = chunks.reduce(0) { max($0, $1.trailer.delay) }

        let head = try Demuxer(first.file, probing: false)
        let headers = head.extradata
        let muxer = try MP4Muxer(
            to: .file(output), parameters: UnsafePointer(head.stream.pointee.codecpar), fps: format.fps,
            comment: comment)
        let packet = try Packet()
        var start = 0
        for chunk in chunks {
            start += try copy(
                chunk.file, format: format, headers: headers, start: start, delay: delay, packet: packet, to: muxer)
            try between()
        }
        try muxer.finish()
        return try probe(output)
    }

    /// Reads a video's headers. It decodes no more than it must, so damage further in stays unseen.
    /// - Throws: `VideoError` where it is none
    package static func probe(_ url: URL) throws -> FilmFacts {
        let demuxer = try Demuxer(url, probing: true)
        let parameters = demuxer.stream.pointee.codecpar.pointee
        let rate = demuxer.stream.pointee.avg_frame_rate
        return FilmFacts(
            frames: Int(demuxer.stream.pointee.nb_frames), width: Int(parameters.width),
            height: Int(parameters.height), fps: rate.den == 0 ? 0 : av_q2d(rate),
            comment: demuxer.comment)
    }

    /// Copies a chunk's packets to where its first frame is film frame `start`. Returns its number of frames.
    ///
    /// Decoding times count on through the film, `delay` frames ahead of the time zero, whatever they were in the chunk:
    /// a chunk of one or two frames has no reordering of its own, and must not make a gap.
    private static func copy(
        _ chunk: URL, format: VideoFormat, headers: Data, start: Int, delay: Int, packet: Packet, to muxer: MP4Muxer
    ) throws -> Int {
        let demuxer = try Demuxer(chunk, probing: false)
        guard demuxer.extradata == headers else {
            throw VideoError.foreignChunk(
                file: chunk.path, reason: "its H.264 headers differ from the first chunk's; was x264 updated meanwhile?"
            )
        }
        return try demuxer.forEachPacket(fps: format.fps, in: packet) { packet, shown, index in
            packet.pointer.pointee.pts = Int64(start) + shown
            packet.pointer.pointee.dts = Int64(start + index - delay)
            try muxer.write(packet)
        }
    }
}

/// What a video's headers say of it.
package struct FilmFacts: Sendable, Equatable {
    /// 0 if the container does not say (MP4 does).
    package var frames: Int
    package var width: Int
    package var height: Int
    /// Frames per second on average; a whole number in films of our own, 0 if the container does not say.
    package var fps: Double
    /// The `comment` tag; in films of our own the provenance as JSON.
    package var comment: String?
}
