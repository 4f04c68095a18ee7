import Foundation
import Pictures
import Testing

@testable import Video

@Suite struct FragmentTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("A head and its pieces are a film: the chunks' own frames, each at its place")
    func film() throws {
        let chunks = try [scratch.chunk("a", 0..<20), scratch.chunk("b", 20..<21), scratch.chunk("c", 21..<45)]
        let head = try Fragment.head(of: chunks[0])
        #expect(head.type.hasPrefix("video/mp4; codecs=\"avc1.64"))
        let movie = scratch.file("film.mp4")
        let pieces = try zip(chunks, [0, 20, 21]).map { try Fragment.body(of: $0, start: $1) }
        try (head.bytes + pieces.joined()).write(to: movie)
        let whole = scratch.file("whole.mp4")
        try mux(chunks: chunks, format: smallFormat, comment: "", output: whole)
        #expect(try decodeAll(movie) == decodeAll(whole))
        #expect(try VideoReader(movie).frameCount() == 45)
    }

    @Test("A piece says where in the film it begins, so that one may be played without those before it")
    func times() throws {
        let chunk = try scratch.chunk("a", 0..<10)
        // The box tfdt, version 1: what the first packet's time is, in units of 1 / (1000 * fps).
        func time(_ start: Int) throws -> Int {
            let body = try Fragment.body(of: chunk, start: start)
            let box = try #require(body.range(of: Data("tfdt".utf8)))
            #expect(body[box.upperBound] == 1)
            return body[(box.upperBound + 4)..<(box.upperBound + 12)].reduce(0) { $0 << 8 | Int($1) }
        }
        #expect(try time(0) == 0)
        #expect(try time(225) == 225 * 1000)
    }

    @Test("The head is the same for all chunks of a format; a damaged chunk is refused")
    func heads() throws {
        let (a, b) = (try scratch.chunk("a", 0..<10), try scratch.chunk("b", 30..<46))
        #expect(try Fragment.head(of: a).bytes == Fragment.head(of: b).bytes)
        var bytes = try Data(contentsOf: a)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: a)
        #expect(throws: VideoError.self) { try Fragment.body(of: a, start: 0) }
    }
}
