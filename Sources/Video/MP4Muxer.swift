import CLibAV
import Foundation

/// Writes one H.264 stream as MP4, packet by packet, with nothing in it that changes from run to run.
final class MP4Muxer {
    /// Where an MP4 goes, and in which form.
    enum Destination {
        /// A file, with the index at the front (faststart).
        case file(URL)
        case memory
        /// To memory: a header without packets, then all of them as one fragment at their own time.
        case fragment
    }

    /// nil: it is written to memory.
    private let file: URL?
    private let timeBase: AVRational
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private let stream: UnsafeMutablePointer<AVStream>

    init(
        to destination: Destination, parameters: UnsafePointer<AVCodecParameters>, fps: Int, comment: String? = nil
    ) throws {
        _ = LibAV.quiet
        if let comment, comment.utf8.count > Film.commentLimit {
            throw VideoError.commentTooLong(bytes: comment.utf8.count, limit: Film.commentLimit)
        }
        let file: URL? = if case .file(let url) = destination { url } else { nil }
        self.file = file
        timeBase = av_make_q(1, Int32(fps))
        var made: UnsafeMutablePointer<AVFormatContext>?
        try check(
            avformat_alloc_output_context2(&made, nil, "mp4", file.map(LibAV.address)),
            "avformat_alloc_output_context2", file: file?.path)
        let context = try allocated(made, "avformat_alloc_output_context2")
        self.context = context
        guard let stream = avformat_new_stream(context, nil) else {
            avformat_free_context(context)
            throw libraryError(nuwa_AVERROR_ENOMEM, "avformat_new_stream", file: file?.path)
        }
        self.stream = stream
        // From here on deinit frees.
        context.pointee.flags |= AVFMT_FLAG_BITEXACT
        try check(avcodec_parameters_copy(stream.pointee.codecpar, parameters), "avcodec_parameters_copy")
        stream.pointee.codecpar.pointee.codec_tag = 0
        stream.pointee.time_base = timeBase
        stream.pointee.avg_frame_rate = av_make_q(Int32(fps), 1)
        if let comment {
            try check(av_dict_set(&context.pointee.metadata, "comment", comment, 0), "av_dict_set(comment)")
        }
        if let file {
            try check(
                avio_open(&context.pointee.pb, LibAV.address(file), AVIO_FLAG_WRITE), "avio_open", file: file.path)
        } else {
            try check(avio_open_dyn_buf(&context.pointee.pb), "avio_open_dyn_buf")
        }
        // One clock for the movie and its track, a multiple of fps: then every time is a whole number, the length too.
        let clock = String(fps * 1000)
        var options = ["movie_timescale": clock, "video_track_timescale": clock]
        switch destination {
        case .file: options["movflags"] = "+faststart"
        case .memory: break
        case .fragment:
            // Times stay as they are, and nothing of the header depends on the chunk that it is made from.
            context.pointee.avoid_negative_ts = 0
            stream.pointee.codecpar.pointee.bit_rate = 0
            options["movflags"] = "+frag_custom+empty_moov+default_base_moof+frag_discont+skip_trailer"
            options["use_editlist"] = "0"
        }
        try withOptions(options) { options in
            try check(avformat_write_header(context, &options), "avformat_write_header", file: file?.path)
        }
    }

    deinit {
        if context?.pointee.pb != nil {
            if file == nil { _ = closeMemory() } else { avio_closep(&context!.pointee.pb) }
        }
        avformat_free_context(context)
    }

    /// Writes the next packet in decoding order; its times count frames.
    func write(_ packet: Packet) throws {
        let raw = packet.pointer
        raw.pointee.stream_index = 0
        raw.pointee.pos = -1
        // Encoders may leave it 0, and then the last frame would be missing from the film's length.
        raw.pointee.duration = 1
        av_packet_rescale_ts(raw, timeBase, stream.pointee.time_base)
        try check(av_write_frame(context, raw), "av_write_frame", file: file?.path)
    }

    /// Completes the MP4. Returns its bytes if it was written to memory, else nothing.
    @discardableResult
    func finish() throws -> Data {
        guard let context else { return Data() }
        try check(av_write_trailer(context), "av_write_trailer", file: file?.path)
        guard let file else { return closeMemory() }
        try check(avio_closep(&context.pointee.pb), "avio_closep", file: file.path)
        return Data()
    }

    private func closeMemory() -> Data {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = avio_close_dyn_buf(context?.pointee.pb, &bytes)
        context?.pointee.pb = nil
        defer { av_free(bytes) }
        return bytes.map { Data(bytes: $0, count: Int(count)) } ?? Data()
    }
}
