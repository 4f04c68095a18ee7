import CLibAV
import Pictures

/// libx264 through libavcodec, so configured that the same images give the same bytes. Time is counted in frames.
final class H264Encoder {
    private let format: VideoFormat
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private let converter: PixelConverter
    private let rgb: Frame
    private let yuv: Frame
    private let packet: Packet
    private var count = 0

    /// - Parameter keyframeInterval: a closed group of pictures starts at each multiple of it, and nowhere else.
    init(format: VideoFormat, keyframeInterval: Int) throws {
        try format.validate()
        _ = LibAV.quiet
        self.format = format
        let (width, height) = (Int32(format.width), Int32(format.height))
        let codec = try Self.find("libx264")
        converter = try PixelConverter(width: width, height: height, from: AV_PIX_FMT_RGB24, to: AV_PIX_FMT_YUV420P)
        rgb = try Frame(width: width, height: height, format: AV_PIX_FMT_RGB24)
        yuv = try Frame(width: width, height: height, format: AV_PIX_FMT_YUV420P)
        packet = try Packet()
        let context = try allocated(avcodec_alloc_context3(codec), "avcodec_alloc_context3")
        self.context = context

        context.pointee.width = width
        context.pointee.height = height
        context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        context.pointee.sample_aspect_ratio = av_make_q(1, 1)
        context.pointee.time_base = av_make_q(1, Int32(format.fps))
        context.pointee.framerate = av_make_q(Int32(format.fps), 1)
        context.pointee.gop_size = Int32(keyframeInterval)
        context.pointee.keyint_min = Int32(keyframeInterval)
        context.pointee.thread_count = 1
        context.pointee.flags |=
            Int32(bitPattern: AV_CODEC_FLAG_CLOSED_GOP) | AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT
        context.pointee.colorspace = Colour.matrix
        context.pointee.color_primaries = Colour.primaries
        context.pointee.color_trc = Colour.transfer
        context.pointee.color_range = Colour.range
        context.pointee.chroma_sample_location = Colour.chromaLocation

        // stitchable: headers depend on the settings alone, so that chunks share one header in the film.
        try withOptions([
            "preset": format.preset, "crf": String(format.crf), "profile": "high",
            "x264-params": "scenecut=0:stitchable=1:cpu-independent=1",
        ]) { options in
            try check(avcodec_open2(context, codec, &options), "avcodec_open2(libx264, \(format))")
        }
        yuv.tagColours()
    }

    deinit { avcodec_free_context(&context) }

    /// The encoder by its name in libavcodec, or ``VideoError/missingEncoder(name:)``.
    static func find(_ name: String) throws -> UnsafePointer<AVCodec> {
        guard let codec = avcodec_find_encoder_by_name(name) else { throw VideoError.missingEncoder(name: name) }
        return codec
    }

    /// What a muxer must know of the stream.
    func withParameters<Result>(_ body: (UnsafePointer<AVCodecParameters>) throws -> Result) throws -> Result {
        let parameters = try allocated(avcodec_parameters_alloc(), "avcodec_parameters_alloc")
        defer {
            var parameters: UnsafeMutablePointer<AVCodecParameters>? = parameters
            avcodec_parameters_free(&parameters)
        }
        try check(avcodec_parameters_from_context(parameters, context), "avcodec_parameters_from_context")
        return try body(parameters)
    }

    /// Encodes the next image and hands on the packets that came out, in decoding order, times in frames.
    func append(_ image: Image, output: (Packet) throws -> Void) throws {
        guard image.width == format.width, image.height == format.height,
            image.pixels.count == image.width * image.height * 3
        else {
            throw VideoError.wrongImage(
                index: count, width: image.width, height: image.height, pixels: image.pixels.count, format: format)
        }
        rgb.fill(with: image)
        // The encoder may still hold the planes of the frame before.
        try check(av_frame_make_writable(yuv.pointer), "av_frame_make_writable")
        try converter.convert(rgb, into: yuv)
        yuv.pointer.pointee.pts = Int64(count)
        count += 1
        try send(yuv.pointer, output: output)
    }

    /// Hands on the packets that the encoder still holds. Nothing can be appended afterwards.
    func finish(output: (Packet) throws -> Void) throws {
        try send(nil, output: output)
    }

    private func send(_ frame: UnsafeMutablePointer<AVFrame>?, output: (Packet) throws -> Void) throws {
        try check(avcodec_send_frame(context, frame), "avcodec_send_frame(frame \(count))")
        while true {
            let code = avcodec_receive_packet(context, packet.pointer)
            if code == nuwa_AVERROR_EAGAIN || code == nuwa_AVERROR_EOF { return }
            try check(code, "avcodec_receive_packet")
            defer { av_packet_unref(packet.pointer) }
            try output(packet)
        }
    }
}

extension Frame {
    fileprivate func tagColours() {
        pointer.pointee.colorspace = Colour.matrix
        pointer.pointee.color_primaries = Colour.primaries
        pointer.pointee.color_trc = Colour.transfer
        pointer.pointee.color_range = Colour.range
        pointer.pointee.chroma_location = Colour.chromaLocation
    }
}
