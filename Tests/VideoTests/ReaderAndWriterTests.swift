import Foundation
import Pictures
import Testing
import Video

@Suite struct ReaderAndWriterTests {
    private func write(_ count: Int, to url: URL, comment: String? = nil) throws {
        let writer = try VideoWriter(url: url, format: smallFormat, comment: comment)
        for time in 0..<count { try writer.append(picture(time)) }
        try writer.finish()
    }

    @Test("What was written is read back: frames, length, comment", arguments: [1, 2, 49, 100])
    func roundTrip(count: Int) throws {
        let scratch = try Scratch()
        let url = scratch.file("episode 12:30 ü.mp4")
        try write(count, to: url, comment: "{\"seed\": 7}")
        let facts = try Film.probe(url)
        #expect(facts.frames == count)
        #expect(try headers(of: url).duration == Double(count) / 24)
        #expect(facts.comment == "{\"seed\": 7}")
        let decoded = try decodeAll(url)
        #expect(decoded.count == count)
        for (image, original) in zip(decoded, pictures(0..<count)) { #expect(psnr(image, original) > 30) }
    }

    @Test("The same images give the same bytes")
    func sameBytes() throws {
        let scratch = try Scratch()
        try write(60, to: scratch.file("a.mp4"))
        try write(60, to: scratch.file("b.mp4"))
        #expect(try Data(contentsOf: scratch.file("a.mp4")) == Data(contentsOf: scratch.file("b.mp4")))
    }

    @Test("A frame asked for by its number is the one that reading in order comes to, forwards, backwards and again")
    func anyOrder() throws {
        let scratch = try Scratch()
        let url = scratch.file("a.mp4")
        try write(310, to: url)  // more than one group of pictures
        let all = try decodeAll(url)
        let reader = try VideoReader(url)
        #expect(try reader.frameCount() == 310)
        for number in [0, 300, 7, 8, 9, 251, 250, 249, 309, 0, 40, 40, 139] {
            #expect(try reader.frame(number) == all[number], "frame \(number)")
        }
        #expect(try reader.next() == all[140])
        #expect(try reader.frame(310) == nil)
        #expect(try reader.frame(-1) == nil)
    }

    @Test("Resizing keeps the middle where the ratio differs, and averages")
    func resizing() throws {
        // A red stripe at the left and a blue one at the right of a grey picture that is twice as wide as the target's ratio asks.
        var pixels = [UInt8](repeating: 128, count: 40 * 10 * 3)
        for y in 0..<10 {
            for x in 0..<8 { pixels.replaceSubrange((y * 40 + x) * 3..<(y * 40 + x) * 3 + 3, with: [255, 0, 0]) }
            for x in 32..<40 { pixels.replaceSubrange((y * 40 + x) * 3..<(y * 40 + x) * 3 + 3, with: [0, 0, 255]) }
        }
        let resizer = try Resizer(from: (40, 10), to: (10, 5))
        let small = try resizer.resize(Image(width: 40, height: 10, pixels: pixels))
        #expect(small.width == 10 && small.height == 5)
        #expect(small.pixels.allSatisfy { abs(Int($0) - 128) <= 1 })
        let same = try Resizer(from: (40, 10), to: (40, 10)).resize(Image(width: 40, height: 10, pixels: pixels))
        #expect(same.pixels == pixels)
    }

    @Test("A frame that is asked for by its number is found, and reading goes on after it")
    func byNumber() throws {
        let scratch = try Scratch()
        let url = scratch.file("a.mp4")
        try write(10, to: url)
        let all = try decodeAll(url)
        let reader = try VideoReader(url)
        #expect(try reader.frame(4) == all[4])
        #expect(try reader.next() == all[5])
        #expect(try reader.frame(100) == nil)
        #expect(try reader.frame(9) == all[9])
        #expect(try reader.next() == nil)
        #expect(try reader.next() == nil)
    }

    @Test("A writer that got no image says so, and a finished one takes no more")
    func misuse() throws {
        let scratch = try Scratch()
        let empty = try VideoWriter(url: scratch.file("a.mp4"), format: smallFormat, comment: nil)
        #expect(throws: VideoError.noFrames(what: scratch.file("a.mp4").path)) { try empty.finish() }
        let finished = try VideoWriter(url: scratch.file("b.mp4"), format: smallFormat, comment: nil)
        try finished.append(picture(0))
        try finished.finish()
        #expect(throws: VideoError.self) { try finished.append(picture(1)) }
        #expect(throws: VideoError.self) { try finished.finish() }
        #expect(try Film.probe(scratch.file("b.mp4")).frames == 1)
    }

    @Test("A file that is no video is refused by its name")
    func noVideo() throws {
        let scratch = try Scratch()
        try Data("0:00 Pim walks.".utf8).write(to: scratch.file("script.nuwa"))
        let error = #expect(throws: VideoError.self) { try VideoReader(scratch.file("script.nuwa")) }
        #expect(
            error?.description.hasPrefix(scratch.file("script.nuwa").path + ": avformat_open_input failed: ") == true)
        let missing = #expect(throws: VideoError.self) { try Film.probe(scratch.file("none.mp4")) }
        #expect(missing?.description.hasSuffix("avformat_open_input failed: No such file or directory") == true)
    }
}
