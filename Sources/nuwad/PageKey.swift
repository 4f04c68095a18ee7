import Digest
import Files
import Foundation
import Glibc

/// What the tokens are made with that let people act on the page: each says whose it is, sealed with a key that only nuwad has.
struct PageKey: Sendable {
    private static let bytes = 32
    private let key: [UInt8]

    init(_ key: [UInt8]) { self.key = key }

    /// The key in a file, which is made where there is none, or one that is cut short. Removing it makes all tokens worthless at the next start.
    /// - Throws: `SystemError`
    init(file: URL) throws {
        if let key = try Self.read(file) {
            self.init(key)
            return
        }
        var random = SystemRandomNumberGenerator()
        let key = (0..<Self.bytes).map { _ in UInt8.random(in: 0...255, using: &random) }
        // Never readable for anybody else, not even for a moment.
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("open", file.path) }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw SystemError("set the mode of", file.path) }
        try DurableFile.writeAll(Data(key), descriptor, path: file.path)
        self.init(key)
    }

    /// nil where there is none, or one that is cut short.
    private static func read(_ file: URL) throws -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let key = [UInt8](try WholeFile.read(file))
        return key.count == bytes ? key : nil
    }

    /// `1000.4f2a…`
    func token(for user: uid_t) -> String { "\(user).\(seal(user))" }

    /// Whose token it is; nil where it is none.
    func user(of token: String) -> uid_t? {
        let parts = token.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let user = uid_t(parts[0]) else { return nil }
        let (wanted, given) = (Array(seal(user).utf8), Array(parts[1].utf8))
        // As long for a token that is nearly right as for any other.
        guard wanted.count == given.count else { return nil }
        return zip(wanted, given).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0 ? user : nil
    }

    /// HMAC with SHA-256 (RFC 2104) of what the token is for.
    private func seal(_ user: uid_t) -> String {
        let padded = key + [UInt8](repeating: 0, count: 64 - key.count)
        let inner = Array(SHA256.hex(of: Data(padded.map { $0 ^ 0x36 } + Array("nuwa-page-\(user)".utf8))))
        let digest = stride(from: 0, to: inner.count, by: 2).compactMap { UInt8(String(inner[$0...$0 + 1]), radix: 16) }
        return SHA256.hex(of: Data(padded.map { $0 ^ 0x5c } + digest))
    }
}
