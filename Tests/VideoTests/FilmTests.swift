import Foundation
import Pictures
import Testing
import Video

@Suite struct FilmTests {
    @Test(
        "A film shows the frames of its chunks, every one, in order, for as long as they last",
        arguments: [[15, 15, 15], [15, 14, 1], [15, 1, 1, 8], [1], [2], [1, 15], [4, 32], [2, 2, 2]])
    func joins(lengths: [Int]) throws {
        let scratch = try Scratch()
        var chunks: [URL] = []
        var start = 0
        for length in lengths {
            chunks.append(try scratch.chunk("\(start).mp4", start..<start + length))
            start += length
        }
        let film = scratch.file("film.mp4.part")
        let facts = try mux(chunks: chunks, format: smallFormat, comment: "{}", output: film)
        #expect(facts.frames == start)
        #expect(facts.fps == 24)
        #expect(facts.width == 64 && facts.height == 48)
        #expect(try headers(of: film) == Headers(codec: "h264", pixelFormat: "yuv420p", duration: Double(start) / 24))
        #expect(try decodeAll(film) == chunks.flatMap(decodeAll))
    }

    @Test("Presets without B-frames join as well", arguments: ["ultrafast", "medium", "slow"])
    func presets(preset: String) throws {
        let scratch = try Scratch()
        let format = VideoFormat(width: 64, height: 48, fps: 30, crf: 20, preset: preset)
        let chunks = [
            try scratch.chunk("0.mp4", 0..<15, format: format), try scratch.chunk("1.mp4", 15..<16, format: format),
        ]
        let film = scratch.file("film.mp4")
        let facts = try mux(chunks: chunks, format: format, comment: "", output: film)
        #expect(facts.frames == 16)
        #expect(try headers(of: film).duration == 16.0 / 30)
        #expect(try decodeAll(film) == chunks.flatMap(decodeAll))
    }

    @Test("The same chunks give the same bytes, and the index lies before the pictures")
    func sameBytes() throws {
        let scratch = try Scratch()
        let chunks = [try scratch.chunk("0.mp4", 0..<15), try scratch.chunk("1.mp4", 15..<30)]
        let films = try ["a.mp4", "b.part"].map { name in
            _ = try mux(chunks: chunks, format: smallFormat, comment: "same", output: scratch.file(name))
            return try Data(contentsOf: scratch.file(name))
        }
        #expect(films[0] == films[1])
        #expect(topLevelBoxes(films[0]) == ["ftyp", "moov", "free", "mdat"])
    }

    @Test("Nothing in a film tells which libavformat wrote it")
    func bitExact() throws {
        let scratch = try Scratch()
        let film = scratch.file("film.mp4")
        _ = try mux(chunks: [try scratch.chunk("0.mp4", 0..<2)], format: smallFormat, comment: "", output: film)
        #expect(try Data(contentsOf: film).range(of: Data("Lavf".utf8)) == nil)
    }

    @Test("A film replaces what was at its place, even if that was longer")
    func replaces() throws {
        let scratch = try Scratch()
        let chunk = try scratch.chunk("0.mp4", 0..<4)
        let film = scratch.file("film.mp4")
        _ = try mux(chunks: [chunk], format: smallFormat, comment: "", output: film)
        let expected = try Data(contentsOf: film)
        try Data(repeating: 7, count: 100_000).write(to: film)
        _ = try mux(chunks: [chunk], format: smallFormat, comment: "", output: film)
        #expect(try Data(contentsOf: film) == expected)
    }

    @Test("A comment of 64 KiB comes back as it was; a longer one is refused")
    func comment() throws {
        let scratch = try Scratch()
        let chunk = try scratch.chunk("0.mp4", 0..<2)
        let start = "{\"script\": \"0:00 Pim läuft.\\n“Hallo” 🐑\", \"filler\": \""
        let longest = start + String(repeating: "x", count: 65_536 - start.utf8.count - 2) + "\"}"
        let film = scratch.file("film.mp4")
        let facts = try mux(chunks: [chunk], format: smallFormat, comment: longest, output: film)
        #expect(facts.comment == longest)
        #expect(try Film.probe(film).comment == longest)
        #expect(throws: VideoError.commentTooLong(bytes: 65_537, limit: 65_536)) {
            try mux(chunks: [chunk], format: smallFormat, comment: longest + " ", output: film)
        }
    }

    @Test("A damaged chunk is refused by its name before anything is written")
    func damaged() throws {
        let scratch = try Scratch()
        let chunks = [try scratch.chunk("0.mp4", 0..<4), try scratch.chunk("1.mp4", 4..<8)]
        try Data(contentsOf: chunks[1]).dropLast(100).write(to: chunks[1])
        let film = scratch.file("film.mp4")
        let error = #expect(throws: VideoError.self) {
            try mux(chunks: chunks, format: smallFormat, comment: "", output: film)
        }
        guard case .damagedChunk(chunks[1].path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: film.path))
    }

    @Test(
        "A chunk of another format is refused by its name",
        arguments: [
            VideoFormat(width: 32, height: 48, fps: 24, crf: 10, preset: "veryfast"),
            VideoFormat(width: 64, height: 48, fps: 25, crf: 10, preset: "veryfast"),
            VideoFormat(width: 64, height: 48, fps: 24, crf: 11, preset: "veryfast"),
            VideoFormat(width: 64, height: 48, fps: 24, crf: 10, preset: "fast"),
        ])
    func foreign(format: VideoFormat) throws {
        let scratch = try Scratch()
        let chunks = [try scratch.chunk("0.mp4", 0..<4), try scratch.chunk("1.mp4", 4..<8, format: format)]
        let error = #expect(throws: VideoError.self) {
            try mux(chunks: chunks, format: smallFormat, comment: "", output: scratch.file("film.mp4"))
        }
        #expect(
            error?.description == """
                \(chunks[1].path): this chunk does not belong to the film: it has \(format), the film has \(smallFormat)
                """)
    }

    @Test("A film without chunks is refused")
    func empty() throws {
        let scratch = try Scratch()
        #expect(throws: VideoError.noFrames(what: scratch.file("f.mp4").path)) {
            try mux(chunks: [], format: smallFormat, comment: "", output: scratch.file("f.mp4"))
        }
    }

    @Test("A thousand chunks join, to the frame")
    func thousand() throws {
        let scratch = try Scratch()
        let chunk = try scratch.chunk("0.mp4", 0..<15)
        let facts = try mux(
            chunks: Array(repeating: chunk, count: 1000), format: smallFormat, comment: "",
            output: scratch.file("f.mp4"))
        #expect(facts.frames == 15_000)
        #expect(try headers(of: scratch.file("f.mp4")).duration == 625)
    }

    @Test("A disk that is full is reported with the file and the reason")
    func diskFull() throws {
        let scratch = try Scratch()
        let chunk = try scratch.chunk("0.mp4", 0..<15)
        let error = #expect(throws: VideoError.self) {
            try mux(
                chunks: [chunk], format: smallFormat, comment: "", output: URL(fileURLWithPath: "/dev/full"))
        }
        #expect(error?.description.hasPrefix("/dev/full: ") == true)
        #expect(error?.description.hasSuffix("No space left on device") == true)
    }

    @Test("A directory that is missing is reported with the file and the reason")
    func noDirectory() throws {
        let scratch = try Scratch()
        let chunk = try scratch.chunk("0.mp4", 0..<2)
        let error = #expect(throws: VideoError.self) {
            try mux(chunks: [chunk], format: smallFormat, comment: "", output: scratch.file("missing/f.mp4"))
        }
        #expect(
            error?.description == "\(scratch.file("missing/f.mp4").path): avio_open failed: No such file or directory")
    }
}
