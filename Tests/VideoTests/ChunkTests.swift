import Foundation
import Pictures
import TestSupport
import Testing

@testable import Video

@Suite struct ChunkTests {
    @Test("The same images give the same bytes, on any thread")
    func deterministic() async throws {
        let expected = try Chunk.encode(pictures(0..<15), format: smallFormat)
        let others = try await withThrowingTaskGroup(of: Data.self) { group in
            for _ in 0..<4 { group.addTask { try Chunk.encode(pictures(0..<15), format: smallFormat) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(others.allSatisfy { $0 == expected })
    }

    @Test("A chunk is a playable MP4 of its frames that ends with a free box", arguments: [1, 2, 3, 15, 32])
    func playable(count: Int) throws {
        let scratch = try Scratch()
        let chunk = try scratch.chunk("chunk.mp4", 0..<count)
        #expect(topLevelBoxes(try Data(contentsOf: chunk)) == ["ftyp", "free", "mdat", "moov", "free"])
        let facts = try Film.probe(chunk)
        #expect(facts.frames == count)
        #expect(try headers(of: chunk).duration == Double(count) / 24)
        let decoded = try decodeAll(chunk)
        #expect(decoded.count == count)
        for (image, original) in zip(decoded, pictures(0..<count)) { #expect(psnr(image, original) > 30) }
    }

    @Test("Verifying a sound chunk tells its frames and its format")
    func verify() throws {
        let scratch = try Scratch()
        let chunk = try Chunk.verify(scratch.chunk("chunk.mp4", 3..<12))
        #expect(chunk.frames == 9)
        #expect(chunk.format == smallFormat)
    }

    @Test(
        "A chunk cut off anywhere is refused by its name", arguments: [0, 7, 255, 256, 300, 800, -300, -256, -64, -1])
    func truncated(length: Int) throws {
        let scratch = try Scratch()
        let file = try scratch.chunk("d2s007.mp4", 0..<4)
        let bytes = try Data(contentsOf: file)
        try bytes.prefix(length >= 0 ? length : bytes.count + length).write(to: file)
        let error = #expect(throws: VideoError.self) { try Chunk.verify(file) }
        #expect(error?.description.hasPrefix("\(file.path): damaged chunk: ") == true)
        #expect(error?.description.hasSuffix("; remove it and render its segment again") == true)
    }

    @Test("A chunk with any one bit flipped is refused by its name")
    func flipped() throws {
        let scratch = try Scratch()
        let file = try scratch.chunk("d2s007.mp4", 0..<2)
        let bytes = try Data(contentsOf: file)
        for position in Array(stride(from: 0, to: bytes.count, by: 41)) + [bytes.count - 1] {
            var altered = bytes
            altered[position] ^= 1 << UInt8(position % 8)
            try altered.write(to: file)
            let error = #expect(throws: VideoError.self, "byte \(position)") { try Chunk.verify(file) }
            guard case .damagedChunk(file.path, _) = error else {
                Issue.record("byte \(position): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("A missing chunk is refused by its name")
    func missing() {
        let error = #expect(throws: VideoError.self) { try Chunk.verify(URL(fileURLWithPath: "/nowhere/c.mp4")) }
        #expect(error?.description.hasPrefix("/nowhere/c.mp4: damaged chunk: ") == true)
    }

    @Test("A chunk without frames is refused")
    func empty() {
        #expect(throws: VideoError.noFrames(what: "a chunk")) { try Chunk.encode([], format: smallFormat) }
    }

    @Test("Flat colours come back within three levels, without a shift to green or pink")
    func colours() throws {
        let scratch = try Scratch()
        let colours: [[UInt8]] = [
            [0, 0, 0], [255, 255, 255], [128, 128, 128], [220, 40, 30], [30, 160, 60], [40, 60, 200], [250, 220, 60],
        ]
        let images = colours.map {
            Image(width: 64, height: 48, pixels: Array(repeatElement($0, count: 64 * 48).joined()))
        }
        let format = VideoFormat(width: 64, height: 48, fps: 24, crf: 1, preset: "medium")
        try Chunk.encode(images, format: format).write(to: scratch.file("chunk.mp4"))
        for (image, original) in zip(try decodeAll(scratch.file("chunk.mp4")), images) {
            let worst = zip(image.pixels, original.pixels).map { abs(Int($0) - Int($1)) }.max()
            #expect(worst! <= 3, "\(original.pixels.prefix(3)) became \(image.pixels.prefix(3))")
        }
    }
}

@Suite struct VideoFormatTests {
    @Test(
        "A format that H.264 High cannot take is refused with the reason",
        arguments: [
            (VideoFormat(width: 63, height: 48, fps: 24), "width and height must be even and between 2 and 8192"),
            (VideoFormat(width: 64, height: 47, fps: 24), "width and height must be even and between 2 and 8192"),
            (VideoFormat(width: 0, height: 48, fps: 24), "width and height must be even and between 2 and 8192"),
            (VideoFormat(width: 64, height: 48, fps: 0), "fps must be between 1 and 240"),
            (VideoFormat(width: 64, height: 48, fps: 24, crf: 52, preset: "medium"), "crf must be between 1 and 51"),
        ])
    func refused(format: VideoFormat, reason: String) {
        #expect(throws: VideoError.badFormat(format: format, reason: reason)) {
            try Chunk.encode([picture(0)], format: format)
        }
    }

    @Test("An unknown preset is refused with those that exist")
    func preset() {
        let error = #expect(throws: VideoError.self) {
            try VideoFormat(width: 64, height: 48, fps: 24, crf: 18, preset: "warp").validate()
        }
        #expect(
            error?.description == """
                cannot encode video of 64x48, 24 fps, crf 18, warp: the preset must be one of ultrafast, superfast, \
                veryfast, faster, fast, medium, slow, slower, veryslow, placebo
                """)
    }

    @Test("An image of another size is refused by its number")
    func wrongImage() {
        let error = #expect(throws: VideoError.self) {
            try Chunk.encode([picture(0), picture(1, width: 32)], format: smallFormat)
        }
        #expect(error?.description == "image 1 is 32x48 with 4608 bytes; the video takes 64x48 with 9216 bytes")
    }

    @Test("A missing encoder is reported with the Debian package that has it")
    func missingEncoder() {
        let error = #expect(throws: VideoError.missingEncoder(name: "libx999")) { try H264Encoder.find("libx999") }
        #expect(error?.description.contains("apt install libavcodec-dev") == true)
    }
}
