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
    ///   - between: called after each chunk that was checked or copied; what it throws ends the work.
    /// - Throws: ``VideoError/damagedChunk(file:reason:)`` or ``VideoError/foreignChunk(file:reason:)`` before anything
    ///   is written, naming the first bad chunk; ``VideoError/library(file:call:code:text:)`` when writing fails.
    package static func mux(
        chunks: [URL], format: VideoFormat, comment: String, output: URL, between: () throws -> Void = {}
    ) throws -> FilmFacts {
        try format.validate()
        guard let first = chunks.first else { throw VideoError.noFrames(what: output.path) }
        var delay = 0
        for chunk in chunks {
            delay = max(delay, try trailer(of: chunk, expecting: format).delay)
            try between()
        }

        let head = try Demuxer(first, probing: false)
        let headers = head.extradata
        let muxer = try MP4Muxer(
            file: output, parameters: UnsafePointer(head.stream.pointee.codecpar), fps: format.fps, comment: comment)
        let packet = try Packet()
        var start = 0
        for chunk in chunks {
            start += try copy(
                chunk, format: format, headers: headers, start: start, delay: delay, packet: packet, to: muxer)
            try between()
        }
        try muxer.finish()
        return try probe(output)
    }

    /// Reads a video's headers. It decodes no more than it must, so damage further in stays unseen.
    package static func probe(_ url: URL) throws -> FilmFacts {
        let demuxer = try Demuxer(url, probing: true)
        let parameters = demuxer.stream.pointee.codecpar.pointee
        let rate = demuxer.stream.pointee.avg_frame_rate
        let pixelFormat = av_get_pix_fmt_name(AVPixelFormat(rawValue: parameters.format))
        return FilmFacts(
            frames: Int(demuxer.stream.pointee.nb_frames), width: Int(parameters.width),
            height: Int(parameters.height), fps: rate.den == 0 ? 0 : av_q2d(rate),
            duration: demuxer.duration, codec: String(cString: avcodec_get_name(parameters.codec_id)),
            pixelFormat: pixelFormat.map { String(cString: $0) } ?? "unknown", comment: demuxer.comment)
    }

    private static func trailer(of chunk: URL, expecting format: VideoFormat) throws -> ChunkTrailer {
        let trailer = try ChunkTrailer(verifying: chunk)
        guard trailer.format == format else {
            throw VideoError.foreignChunk(
                file: chunk.path, reason: "it has \(trailer.format), the film has \(format)")
        }
        return trailer
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
        let frameTime = av_make_q(1, Int32(format.fps))
        var frames = 0
        while try demuxer.read(into: packet) {
            let shown = av_rescale_q(packet.pointer.pointee.pts, demuxer.stream.pointee.time_base, frameTime)
            packet.pointer.pointee.pts = Int64(start) + shown
            packet.pointer.pointee.dts = Int64(start + frames - delay)
            try muxer.write(packet)
            frames += 1
        }
        return frames
    }
}
