import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct DurableFileTests {
    @Test("A file is there whole, replaces its forerunner, and leaves nothing else")
    func write() throws {
        let directory = try TemporaryDirectory()
        for text in ["first", "second"] {
            try DurableFile.write(Data(text.utf8), to: directory.file("a"))
            #expect(try String(contentsOf: directory.file("a"), encoding: .utf8) == text)
        }
        #expect(directory.names(in: "") == ["a"])
    }

    @Test("A write that fails says where and why, and leaves nothing half-written")
    func failure() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            at: directory.file("taken/inside"), withIntermediateDirectories: true)
        let error = #expect(throws: SystemError.self) {
            try DurableFile.write(Data("text".utf8), to: directory.file("taken"))
        }
        #expect("\(try #require(error))".contains(directory.file("taken").path))
        #expect(directory.names(in: "") == ["taken"])
        #expect(throws: SystemError.self) {
            try DurableFile.write(Data("text".utf8), to: directory.file("missing/a"))
        }
    }

    @Test("Two attempts at one file at a time do not disturb each other: the later one stays")
    func attempts() throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("a")
        try DurableFile.make(file) { outer, _ in
            try Data("outer".utf8).write(to: outer)
            DurableFile.sweepLeftovers(of: file)
            try DurableFile.write(Data("inner".utf8), to: file)
            #expect(try String(contentsOf: file, encoding: .utf8) == "inner")
            #expect(try String(contentsOf: outer, encoding: .utf8) == "outer")
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == "outer")
        #expect(directory.names(in: "") == ["a"])
    }

    @Test("A sweep for one file leaves those of others alone, and a name of any length can be written")
    func leftovers() throws {
        let directory = try TemporaryDirectory()
        let long = directory.file(String(repeating: "é", count: 127))
        try DurableFile.write(Data(), to: long)
        for name in [".a.1-00000000.part", ".b.1-00000000.part", ".a.part"] { try directory.write("half", to: name) }
        DurableFile.sweepLeftovers(of: directory.file("a"))
        #expect(Set(directory.names(in: "")) == [".a.part", ".b.1-00000000.part", long.lastPathComponent])
    }

    @Test("A sweep does not wait for a pipe's writer", .timeLimit(.minutes(1)))
    func pipe() throws {
        let directory = try TemporaryDirectory()
        #expect(mkfifo(directory.file(".a.1-00000000.part").path, 0o600) == 0)
        DurableFile.sweep(directory.url)
        #expect(directory.names(in: "") == [])
    }

    @Test("A file that may not land after all leaves what was there, and nothing beside it")
    func mayLand() throws {
        struct Refused: Error {}
        let directory = try TemporaryDirectory()
        try directory.write("older", to: "a")
        #expect(throws: Refused.self) {
            try DurableFile.make(directory.file("a"), mayLand: { throw Refused() }) { file, _ in
                try Data("newer".utf8).write(to: file)
            }
        }
        #expect(try String(contentsOf: directory.file("a"), encoding: .utf8) == "older")
        #expect(directory.names(in: "") == ["a"])
    }

    @Test("A real full device says so")
    func devFull() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let error = #expect(throws: SystemError.self) {
            try DurableFile.writeAll(Data("text".utf8), descriptor, path: "/dev/full")
        }
        #expect(try #require(error).isOutOfRoom)
    }

    @Test("A new file takes nobody's place: it gets the next number, and the very same bytes are not kept twice")
    func makeNew() throws {
        let directory = try TemporaryDirectory()
        let place = directory.file("film.mp4")
        func make(_ text: String) throws -> String {
            try DurableFile.makeNew(place, replaces: false) { file, _ in try Data(text.utf8).write(to: file) }.file
                .lastPathComponent
        }
        #expect(try make("one") == "film.mp4")
        #expect(try make("two") == "film-2.mp4")
        #expect(try make("one") == "film.mp4")
        #expect(try make("two") == "film-2.mp4")
        #expect(try make("three") == "film-3.mp4")
        #expect(directory.names(in: "") == ["film-2.mp4", "film-3.mp4", "film.mp4"])
        #expect(try String(contentsOf: place, encoding: .utf8) == "one")
    }
}
