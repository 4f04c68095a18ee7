import Diffusion
import Digest
import Files
import Foundation
import Plans
import TestSupport
import Testing
import Video

@testable import Models
@testable import Rendering

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

    private static let network = NetworkIdentity(
        format: 1, model: "0123", precision: "f32", arithmetic: "oneDNN 2.6.3 avx avx2 fma")

    private static func task(chunk: Bool) throws -> SegmentTask {
        var configuration = try ModelDocument.read(in: Fixtures.tinyModel).document.configuration
        configuration.sampling = .init(
            sampler: .ddim, steps: [20, 8], guidance: [3, 1.5], conditionLevel: 0, clip: 4)
        let latents = LatentsIdentity(
            network: network,
            sampling: SamplingIdentity(configuration, depth: 1, stride: 1),
            request: SegmentRequest(
                seed: .max, depth: 1, stride: 1, frames: [6, 7, 8, 9], prompts: ["Pim", "Pim", "a/b", "Grüße 🦕"]),
            parents: [2, 3].map { .init(latents: parent, frame: $0) })
        let format = VideoFormat(width: 32, height: 32, fps: 12)
        return SegmentTask(
            latents: latents,
            chunk: chunk
                ? ChunkIdentity(
                    encoder: try EncoderIdentity(format: format), latents: try Fingerprint(of: latents), first: 0,
                    count: 3) : nil)
    }

    private static let parent = try! JSONDecoder().decode(Fingerprint.self, from: Data(#""ab""#.utf8))

    @Test("A segment's fingerprint is that of all versions, so that their checkpoints are found")
    func stable() throws {
        let json = #"""
            {"depth":1,"frames":[6,7,8,9],"network":{"arithmetic":"oneDNN 2.6.3 avx avx2 fma","format":1,"model":"0123",\#
            "precision":"f32"},"parents":[{"frame":2,"latents":"ab"},{"frame":3,"latents":"ab"}],"prompts":["Pim","Pim",\#
            "a/b","Grüße 🦕"],"sampling":{"clip":4,"conditionLevel":0,"guidance":1.5,"sampler":"ddim","steps":8},\#
            "seed":18446744073709551615,"stride":1}
            """#
        let latents = try Self.task(chunk: false).latents
        #expect(try String(decoding: CanonicalJSON.encode(latents), as: UTF8.self) == json)
        #expect(try Fingerprint(of: latents).hex == SHA256.hex(of: json))
    }

    @Test("A task survives JSON, with its fingerprints and its place in the film", arguments: [true, false])
    func task(chunk: Bool) throws {
        let task = try Self.task(chunk: chunk)
        let read = try SegmentTask(json: task.json())
        #expect(read == task)
        #expect(try Fingerprint(of: read.latents) == Fingerprint(of: task.latents))
        #expect(read.segment == SegmentID(depth: 1, index: 2))
        #expect(read.chunk?.frames == (chunk ? 0..<3 : nil))
    }

    @Test("A task whose chunk is not of its own latents is refused")
    func mixedTask() throws {
        let task = try Self.task(chunk: true)
        let text = String(decoding: try task.json(), as: UTF8.self)
        #expect(throws: DecodingError.self) {
            try SegmentTask(json: Data(text.replacing("\"seed\":18446744073709551615", with: "\"seed\":1").utf8))
        }
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
            fingerprint(VideoFormat(width: 32, height: 32, fps: 12, crf: 20, preset: "medium")),
            fingerprint(VideoFormat(width: 32, height: 32, fps: 12, crf: 18, preset: "fast")),
            fingerprint(VideoFormat(width: 32, height: 32, fps: 12), first: 1),
            fingerprint(VideoFormat(width: 32, height: 32, fps: 12), count: 3),
        ]
        #expect(Set(all).count == all.count)
        #expect(try fingerprint(VideoFormat(width: 32, height: 32, fps: 12)) == all[0])
    }

    @Test("A film that cannot be encoded is refused before anything is rendered")
    func noEncoder() {
        #expect(throws: VideoError.self) {
            try EncoderIdentity(format: VideoFormat(width: 31, height: 32, fps: 12))
        }
    }
}

@Suite struct RenderFailureTests {
    @Test("What the script, the network or nuwa did is no fault of the machine")
    func ownFault() {
        #expect(!RenderFailure.wrongFilm(path: "/films/a.mp4", frames: 9, expected: 10).isOfMachine)
        #expect(!RenderFailure.unfit(job: 1, reason: "too long").isOfMachine)
        #expect(RenderFailure.unkeepable(segment: .global, times: 4).isOfMachine)
        #expect(RenderFailure.video(path: "encoder", cause: .missingEncoder(name: "libx264")).isOfMachine)
        for code in [EIO, EMFILE, ENFILE, EACCES, EROFS, ENOENT, ENOMEM] {
            #expect(RenderFailure.system(cause: SystemError("open", "/a", code: code)).isOfMachine)
        }
    }

    @Test("A full device is told as one, with the way out", arguments: [ENOSPC, EDQUOT, EFBIG])
    func full(code: Int32) {
        let failure = RenderFailure.system(cause: SystemError("write", "/films/a.mp4", code: code))
        #expect(failure.isOfMachine)
        #expect(
            "\(failure)" == "no room to write /films/a.mp4: \(String(cString: strerror(code))); "
                + "finished segments are kept, so free some space")
    }

    @Test("libav's report of a full device is known by its code, and keeps what was being done")
    func fullInLibav() throws {
        let cause = VideoError.library(file: "/films/.a.part", call: "av_write_frame", code: -ENOSPC, text: "no room")
        let failure = RenderFailure.video(path: "/films/a.mp4", cause: cause)
        #expect(failure.isOfMachine)
        #expect(
            "\(failure)".hasPrefix("no room to write /films/a.mp4: /films/.a.part: av_write_frame failed: no room;"))
        let other = VideoError.library(file: nil, call: "av_read_frame", code: -0x4144_4E49, text: "invalid data")
        #expect(other.systemCode == nil)
        #expect(!RenderFailure.video(path: "/films/a.mp4", cause: other).isOfMachine)
    }

    @Test("Another fault of the system keeps its code, also on its way through JSON")
    func code() throws {
        let failure = RenderFailure(SystemError("open", "/films/a.mp4", code: EACCES))
        #expect(failure.isOfMachine)
        #expect("\(failure)" == "cannot open /films/a.mp4: \(String(cString: strerror(EACCES)))")
        let line = SegmentLine.ended(outcome: .failed(failure: failure))
        #expect(try SegmentLine(json: line.json()) == line)
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
    func description() throws {
        #expect(try Arithmetic.description().hasPrefix("oneDNN "))
        #expect(try Arithmetic.description() == Arithmetic.description())
    }
}
