import CLibAV
import Foundation

/// Turns a failed call's code into a ``VideoError`` that names the file and the call; gives the code back otherwise.
@discardableResult
func check(_ code: Int32, _ call: String, file: String? = nil) throws -> Int32 {
    guard code < 0 else { return code }
    throw libraryError(code, call, file: file)
}

/// The error of a failed call, in av_strerror's words.
func libraryError(_ code: Int32, _ call: String, file: String? = nil) -> VideoError {
    var text = [UInt8](repeating: 0, count: Int(AV_ERROR_MAX_STRING_SIZE))
    text.withUnsafeMutableBytes { _ = av_strerror(code, $0.baseAddress, $0.count) }
    return .library(file: file, call: call, code: code, text: String(decoding: text.prefix { $0 != 0 }, as: UTF8.self))
}

/// Gives an allocation back, or throws an out-of-memory error in the name of the call.
func allocated<T>(_ pointer: T?, _ call: String) throws -> T {
    guard let pointer else { throw libraryError(nuwa_AVERROR_ENOMEM, call) }
    return pointer
}

/// Calls `body` with a dictionary of options, of which it must take every one.
func withOptions(
    _ options: [String: String], _ body: (inout OpaquePointer?) throws -> Void
) throws {
    var dictionary: OpaquePointer?
    defer { av_dict_free(&dictionary) }
    for (key, value) in options { try check(av_dict_set(&dictionary, key, value, 0), "av_dict_set(\(key))") }
    try body(&dictionary)
    if let unknown = av_dict_get(dictionary, "", nil, AV_DICT_IGNORE_SUFFIX) {
        throw libraryError(nuwa_AVERROR_OPTION_NOT_FOUND, "setting \(String(cString: unknown.pointee.key))")
    }
}

enum LibAV {
    /// Keeps FFmpeg's libraries off standard error: what matters comes back as a thrown error. Touch it before any use.
    static let quiet: Void = av_log_set_level(AV_LOG_FATAL)

    /// A path as libavformat takes it, so that a colon in a file's name is not read as a protocol.
    static func address(_ url: URL) -> String { "file:" + url.path }
}

/// An owned AVFrame with a buffer for pixels.
final class Frame {
    let pointer: UnsafeMutablePointer<AVFrame>

    /// An empty frame for a decoder to fill.
    init() throws {
        pointer = try allocated(av_frame_alloc(), "av_frame_alloc")
    }

    /// A frame with rows aligned as libswscale's fast paths want them.
    convenience init(width: Int32, height: Int32, format: AVPixelFormat) throws {
        try self.init()
        pointer.pointee.width = width
        pointer.pointee.height = height
        pointer.pointee.format = format.rawValue
        try check(av_frame_get_buffer(pointer, 0), "av_frame_get_buffer")
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&frame)
    }
}

/// An owned AVPacket.
final class Packet {
    let pointer: UnsafeMutablePointer<AVPacket>

    init() throws {
        pointer = try allocated(av_packet_alloc(), "av_packet_alloc")
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&packet)
    }
}
