import CLibAV
package import Files
package import Foundation

/// SHA-256 in pieces, by libavutil. Results are lowercase hexadecimal, 64 characters.
package final class SHA256 {
    /// The length of a result in characters.
    package static let hexLength = 64

    private let context: OpaquePointer

    package init() {
        guard let context = av_sha_alloc() else { preconditionFailure("out of memory") }
        self.context = context
        av_sha_init(context, 256)
    }

    deinit { av_free(UnsafeMutableRawPointer(context)) }

    package func update(_ bytes: some ContiguousBytes) {
        bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            av_sha_update(context, start.assumingMemoryBound(to: UInt8.self), buffer.count)
        }
    }

    /// The digest of all bytes given so far. The object then starts anew.
    package func finish() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        av_sha_final(context, &digest)
        av_sha_init(context, 256)
        return digest.lowercaseHex
    }

    /// The digest of `bytes`.
    package static func hex(of bytes: some ContiguousBytes) -> String {
        let sha = SHA256()
        sha.update(bytes)
        return sha.finish()
    }

    /// The digest of a text's UTF-8 bytes.
    package static func hex(of text: String) -> String { hex(of: Array(text.utf8)) }

    /// The digest of a file's content.
    package static func hex(ofFile file: URL) throws(SystemError) -> String {
        let sha = SHA256()
        try WholeFile.read(file) { sha.update($0) }
        return sha.finish()
    }
}

extension [UInt8] {
    fileprivate var lowercaseHex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
