import CLibAV
import Foundation

/// Reads the packets of a file's video stream in decoding order.
final class Demuxer {
    let file: URL
    private var context: UnsafeMutablePointer<AVFormatContext>?
    let stream: UnsafeMutablePointer<AVStream>

    /// - Parameter probing: look into the stream itself, for what the container's header does not say (pixel format).
    init(_ file: URL, probing: Bool) throws {
        _ = LibAV.quiet
        self.file = file
        var context: UnsafeMutablePointer<AVFormatContext>?
        try check(
            avformat_open_input(&context, LibAV.address(file), nil, nil), "avformat_open_input", file: file.path)
        do {
            if probing {
                try check(avformat_find_stream_info(context, nil), "avformat_find_stream_info", file: file.path)
            }
            let index = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
            guard index >= 0, let stream = context?.pointee.streams[Int(index)] else {
                throw VideoError.noVideo(file: file.path)
            }
            self.stream = stream
        } catch {
            avformat_close_input(&context)
            throw error
        }
        self.context = context
    }

    deinit { avformat_close_input(&context) }

    /// Reads the next packet of the video stream; false at the end of the file.
    func read(into packet: Packet) throws -> Bool {
        while true {
            av_packet_unref(packet.pointer)
            let code = av_read_frame(context, packet.pointer)
            if code == nuwa_AVERROR_EOF { return false }
            try check(code, "av_read_frame", file: file.path)
            if packet.pointer.pointee.stream_index == stream.pointee.index { return true }
        }
    }

    /// Reads all packets in decoding order, each with the number of the frame that it shows.
    /// - Returns: how many there were
    @discardableResult
    func forEachPacket(
        fps: Int, in packet: Packet? = nil, _ body: (Packet, _ shown: Int64, _ index: Int) throws -> Void
    ) throws -> Int {
        let packet = try packet ?? Packet()
        let frameTime = av_make_q(1, Int32(fps))
        var index = 0
        while try read(into: packet) {
            try body(packet, av_rescale_q(packet.pointer.pointee.pts, stream.pointee.time_base, frameTime), index)
            index += 1
        }
        return index
    }

    /// Goes to the last packet at or before a time from which decoding can start.
    func seek(to timestamp: Int64) throws {
        try check(
            av_seek_frame(context, stream.pointee.index, timestamp, AVSEEK_FLAG_BACKWARD), "av_seek_frame",
            file: file.path)
    }

    /// The H.264 headers and their like.
    var extradata: Data {
        let parameters = stream.pointee.codecpar.pointee
        return parameters.extradata.map { Data(bytes: $0, count: Int(parameters.extradata_size)) } ?? Data()
    }

    var comment: String? {
        guard let entry = av_dict_get(context?.pointee.metadata, "comment", nil, 0) else { return nil }
        return String(cString: entry.pointee.value)
    }
}
