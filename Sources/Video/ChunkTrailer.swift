import Digest
import Files
import Foundation

/// The end of a chunk: an MP4 `free` box, which players skip, of always 256 bytes.
///
///     bytes 0 ..< 4     its size, 256, big-endian
///           4 ..< 8     "free"
///           8 ..< 20    "nuwa-chunk-1"
///          20 ..< 192   this value as JSON, keys sorted, filled up with spaces
///         192 ..< 256   SHA-256 of the file up to here, lowercase hexadecimal
struct ChunkTrailer: Codable, Equatable, Sendable {
    var format: VideoFormat
    var frames: Int
    /// By how many frames showing lags behind decoding (B-frames).
    var delay: Int

    static let size = 256
    private static let header: [UInt8] = [0, 0, 1, 0] + Array("freenuwa-chunk-1".utf8)

    init(format: VideoFormat, frames: Int, delay: Int) {
        self.format = format
        self.frames = frames
        self.delay = delay
    }

    /// The box to append to `movie`.
    func box(after movie: Data) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var box = Data(Self.header)
        box += try encoder.encode(self)
        let room = Self.size - SHA256.hexLength
        precondition(box.count <= room, "a valid format's JSON is shorter than the box")
        box += Data(repeating: UInt8(ascii: " "), count: room - box.count)
        box += Data(SHA256.hex(of: movie + box).utf8)
        return box
    }

    /// The trailer of a chunk whose checksum is right. Throws ``VideoError/damagedChunk(file:reason:)``, and `SystemError` where it is not
    /// the chunk's fault that it cannot be read.
    init(verifying file: URL) throws {
        func damaged(_ reason: String) -> VideoError { .damagedChunk(file: file.path, reason: reason) }
        let bytes: Data
        do {
            bytes = try WholeFile.read(file)
        } catch {
            guard [ENOENT, EIO].contains(error.code) else { throw error }
            throw damaged("\(error)")
        }
        guard bytes.count > Self.size else { throw damaged("only \(bytes.count) bytes, so its end is missing") }
        let box = bytes.suffix(Self.size)
        guard box.starts(with: Self.header) else { throw damaged("its end, with the checksum, is missing") }
        let covered = bytes.dropLast(SHA256.hexLength)
        guard SHA256.hex(of: covered) == String(decoding: bytes.suffix(SHA256.hexLength), as: UTF8.self) else {
            throw damaged("its checksum differs from its content")
        }
        let json = box.dropFirst(Self.header.count).dropLast(SHA256.hexLength)
        do {
            self = try JSONDecoder().decode(Self.self, from: json)
        } catch {
            throw damaged("its trailer is unreadable: \(error)")
        }
    }
}
