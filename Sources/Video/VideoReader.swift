import CLibAV
package import Foundation
package import Pictures

/// Decodes a video to RGB images, from the first to the last or in any order. Not to be shared between threads.
///
/// Sizes are the video's own. Colours follow the tags in the stream; without them BT.601, or BT.709 from 720 lines on.
package final class VideoReader {
    private let demuxer: Demuxer
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private let packet: Packet
    private let decoded: Frame
    private var scaling: Scaling?
    private var drained = false
    /// By frame, when it is shown; read once, when frames are first asked for by number.
    private var timestamps: [Int64]?
    /// Decoding so many frames costs about as much as a jump.
    private static let shortWay = 24

    /// The number of frames that were taken or skipped so far: the index of the frame that comes next.
    private var position = 0

    /// Opens a video, and reads its headers.
    /// - Throws: `VideoError` where it is none, or nothing here decodes it
    package init(_ url: URL) throws {
        demuxer = try Demuxer(url, probing: true)
        packet = try Packet()
        decoded = try Frame()
        let parameters = demuxer.stream.pointee.codecpar
        guard let id = parameters?.pointee.codec_id, let codec = avcodec_find_decoder(id) else {
            throw libraryError(nuwa_AVERROR_DECODER_NOT_FOUND, "avcodec_find_decoder", file: url.path)
        }
        context = try allocated(avcodec_alloc_context3(codec), "avcodec_alloc_context3")
        try check(avcodec_parameters_to_context(context, parameters), "avcodec_parameters_to_context", file: url.path)
        context?.pointee.thread_count = 1
        try check(avcodec_open2(context, codec, nil), "avcodec_open2", file: url.path)
    }

    deinit { avcodec_free_context(&context) }

    /// The next frame, or nil after the last.
    /// - Throws: `VideoError` where it cannot be decoded
    package func next() throws -> Image? {
        guard try advance() else { return nil }
        return try image()
    }

    /// Decodes up to `count` frames without converting them.
    private func skip(_ count: Int) throws {
        for _ in 0..<max(0, count) {
            guard try advance() else { return }
        }
    }

    /// How many frames there are. The first call reads through the file, without decoding.
    package func frameCount() throws -> Int { try readTimestamps().count }

    /// The frame of a number, from 0; nil where there is none. Jumps to where decoding can start, so that far frames cost no more than near ones.
    /// - Throws: `VideoError` where it cannot be decoded
    package func frame(_ number: Int) throws -> Image? {
        let timestamps = try readTimestamps()
        guard timestamps.indices.contains(number) else { return nil }
        if number < position || number > position + Self.shortWay {
            try demuxer.seek(to: timestamps[number])
            avcodec_flush_buffers(context)
            drained = false
        } else {
            try skip(number - position)
            return try next()
        }
        while try advance() {
            let shown = decoded.pointer.pointee.best_effort_timestamp
            if shown >= timestamps[number] {
                position = number + 1
                return try image()
            }
        }
        return nil
    }

    private func readTimestamps() throws -> [Int64] {
        if let timestamps { return timestamps }
        let scan = try Demuxer(demuxer.file, probing: false)
        let packet = try Packet()
        var found: [Int64] = []
        while try scan.read(into: packet) {
            let packet = packet.pointer.pointee
            found.append(packet.pts != nuwa_AV_NOPTS_VALUE ? packet.pts : packet.dts)
        }
        found.sort()
        timestamps = found
        return found
    }

    /// Decodes one more frame; false at the end.
    private func advance() throws -> Bool {
        while true {
            let code = avcodec_receive_frame(context, decoded.pointer)
            if code == nuwa_AVERROR_EOF { return false }
            if code != nuwa_AVERROR_EAGAIN {
                try check(code, "avcodec_receive_frame(frame \(position))", file: demuxer.file.path)
                position += 1
                return true
            }
            guard !drained else { return false }
            drained = try !demuxer.read(into: packet)
            try check(
                avcodec_send_packet(context, drained ? nil : packet.pointer),
                "avcodec_send_packet(frame \(position))", file: demuxer.file.path)
        }
    }

    private func image() throws -> Image {
        let kind = Scaling.Kind(of: decoded)
        let scaling: Scaling
        if let current = self.scaling, current.kind == kind {
            scaling = current
        } else {
            scaling = try Scaling(kind)
            self.scaling = scaling
        }
        try scaling.converter.convert(decoded, into: scaling.rgb)
        return scaling.rgb.image()
    }
}

/// The converter for frames of one kind; a stream may change its kind on the way.
private struct Scaling {
    struct Kind: Equatable {
        let width: Int32
        let height: Int32
        let format: AVPixelFormat
        let matrix: AVColorSpace
        let fullRange: Bool

        init(of frame: Frame) {
            let frame = frame.pointer.pointee
            width = frame.width
            height = frame.height
            format = AVPixelFormat(rawValue: frame.format)
            let guess = height < 720 ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_BT709
            matrix = frame.colorspace == AVCOL_SPC_UNSPECIFIED ? guess : frame.colorspace
            fullRange = frame.color_range == AVCOL_RANGE_JPEG
        }
    }

    let kind: Kind
    let converter: PixelConverter
    let rgb: Frame

    init(_ kind: Kind) throws {
        self.kind = kind
        converter = try PixelConverter(
            width: kind.width, height: kind.height, from: kind.format, to: AV_PIX_FMT_RGB24, matrix: kind.matrix,
            fullRange: kind.fullRange)
        rgb = try Frame(width: kind.width, height: kind.height, format: AV_PIX_FMT_RGB24)
    }
}
