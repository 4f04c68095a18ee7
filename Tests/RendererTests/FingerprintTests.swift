import Foundation
import Testing
import Video

@testable import Renderer

@Suite struct FingerprintTests {
    @Test("A fingerprint is the SHA-256 of canonical JSON: keys sorted, no white space, slashes as they are")
    func canonical() throws {
        struct Identity: Encodable {
            let zebra = 1
            let ant = ["a/b", "é"]
        }
        // printf '{"ant":["a/b","é"],"zebra":1}' | sha256sum
        #expect(
            try Fingerprint(of: Identity()).hex == "1da7ac02fb21b7b108aacc0760af20a95f3ce7c8eca588e1b0000f030c522cd8")
    }

    @Test("A chunk's fingerprint changes with every setting of its encoder")
    func encoder() throws {
        let latents = try Fingerprint(of: "latents")
        func fingerprint(_ format: VideoFormat, first: Int = 0, count: Int = 4) throws -> Fingerprint {
            try Fingerprint(
                of: ChunkIdentity(
                    encoder: try EncoderIdentity(format: format), latents: latents, first: first, count: count))
        }
        let all = try [
            fingerprint(VideoFormat(width: 32, height: 32, fps: 12)),
            fingerprint(VideoFormat(width: 32, height: 48, fps: 12)),
            fingerprint(VideoFormat(width: 32, height: 32, fps: 24)),
            fingerprint(VideoFormat(width: 32, height: 32, fps: 12, crf: 20)),
            fingerprint(VideoFormat(width: 32, height: 32, fps: 12, preset: "fast")),
            fingerprint(VideoFormat(width: 32, height: 32, fps: 12), first: 1),
            fingerprint(VideoFormat(width: 32, height: 32, fps: 12), count: 3),
        ]
        #expect(Set(all).count == all.count)
        #expect(try fingerprint(VideoFormat(width: 32, height: 32, fps: 12)) == all[0])
    }

    @Test("A film that cannot be encoded is refused before anything is rendered")
    func noEncoder() {
        #expect(throws: RenderFailure.self) {
            try EncoderIdentity(format: VideoFormat(width: 31, height: 32, fps: 12))
        }
    }
}

@Suite struct ArithmeticTests {
    @Test("Vector instructions are read from the first processor's flags, sorted, and nothing else is")
    func flags() {
        let text = """
            processor\t: 0
            model name\t: A Processor
            flags\t\t: fpu vme sse2 fma avx f16c avx2 avx512f amx_bf16 clflushopt
            bugs\t\t: none

            processor\t: 1
            flags\t\t: fpu
            """
        #expect(
            Arithmetic.vectorExtensions(cpuInformation: text) == ["amx_bf16", "avx", "avx2", "avx512f", "f16c", "fma"])
        #expect(Arithmetic.vectorExtensions(cpuInformation: "").isEmpty)
    }

    @Test("The arithmetic names oneDNN and is the same each time")
    func description() {
        #expect(Arithmetic.description.hasPrefix("oneDNN "))
    }
}
