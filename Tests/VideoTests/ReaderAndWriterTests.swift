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
        #expect(facts.duration == Double(count) / 24)
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

    @Test("A stride takes the frames that one by one reading gives at those positions")
    func strides() throws {
        let scratch = try Scratch()
        let url = scratch.file("a.mp4")
        try write(31, to: url)
        let all = try decodeAll(url)
        let some = try VideoReader(url).frames(stride: 7)
        #expect(some.map(\.position) == [0, 7, 14, 21, 28])
        for (position, image) in some { #expect(image == all[position]) }
    }

    @Test("Skipping counts the frames that there were, and reading goes on after them")
    func skipping() throws {
        let scratch = try Scratch()
        let url = scratch.file("a.mp4")
        try write(10, to: url)
        let all = try decodeAll(url)
        let reader = try VideoReader(url)
        #expect(try reader.skip(4) == 4)
        #expect(try reader.next() == all[4])
        #expect(reader.position == 5)
        #expect(try reader.skip(100) == 5)
        #expect(try reader.next() == nil)
        #expect(try reader.next() == nil)
    }

    @Test("A writer that got no image says so, and a finished one takes no more")
    func misuse() throws {
        let scratch = try Scratch()
        let empty = try VideoWriter(url: scratch.file("a.mp4"), format: smallFormat)
        #expect(throws: VideoError.noFrames(what: scratch.file("a.mp4").path)) { try empty.finish() }
        let finished = try VideoWriter(url: scratch.file("b.mp4"), format: smallFormat)
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
