import Diffusion
import Digest
import Foundation
import TestSupport
import Testing

@testable import Rendering

@Suite struct CheckpointTests {
    private let fingerprint: Fingerprint
    private let latents = Latents(
        frames: 2, height: 1, width: 2, channels: 3, values: (0..<12).map { Float($0) / 3 - 1 })

    init() throws { fingerprint = try Fingerprint(of: "a segment") }

    private func decode(_ bytes: Data, shape: [Int] = [2, 1, 2, 3], as other: Fingerprint? = nil) throws -> Latents {
        let directory = try TemporaryDirectory()
        let file = directory.file("checkpoint.safetensors")
        try bytes.write(to: file)
        return try Checkpoint(fingerprint: other ?? fingerprint).decode(file, shape: shape)
    }

    @Test("A checkpoint gives back the very latents, and its bytes are those of format 1")
    func format() throws {
        let bytes = try Checkpoint(fingerprint: fingerprint).encode(latents)
        #expect(try decode(bytes) == latents)
        // Changes with the layout: then raise the format, and keep reading this one or say why not.
        #expect(SHA256.hex(of: bytes) == "daf161d9ab03d53c3d3be8d8df36de012a69cecfe7dc0f2047db8e5c255781a5")
    }

    @Test("A checkpoint of another segment or another shape is refused")
    func foreign() throws {
        let bytes = try Checkpoint(fingerprint: fingerprint).encode(latents)
        let other = try Fingerprint(of: "another segment")
        #expect(throws: Damage.self) { try decode(bytes, as: other) }
        #expect(throws: Damage.self) { try decode(bytes, shape: [2, 2, 1, 3]) }
    }

    @Test("Each flipped bit that could change a value, and each cut, is found out")
    func damage() throws {
        let bytes = try Checkpoint(fingerprint: fingerprint).encode(latents)
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 1 << (place % 8)
            // A flip that leaves the latents what they were may pass.
            if let read = try? decode(damaged) { #expect(read == latents, "byte \(place)") }
            #expect(throws: (any Error).self) { try decode(bytes.prefix(place)) }
        }
    }
}
