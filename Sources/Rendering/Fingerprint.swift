import Digest
import Foundation

/// SHA-256 over all that a file depends on, as lowercase hex. Equal fingerprints mean equal bytes, so a file found
/// under its fingerprint is right for any job that asks for it.
package struct Fingerprint: Hashable, Sendable, Codable, CustomStringConvertible {
    package let hex: String

    /// Hashes the canonical JSON of `identity`.
    package init(of identity: some Encodable) throws { hex = SHA256.hex(of: try CanonicalJSON.encode(identity)) }

    package var description: String { hex }

    package init(from decoder: any Decoder) throws { hex = try decoder.singleValueContainer().decode(String.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}

/// JSON that is the same each time: keys sorted, no white space, slashes as they are.
enum CanonicalJSON {
    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}
