import Foundation
import TestSupport
import Testing

@testable import Renderer

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
        let error = #expect(throws: RenderFailure.self) {
            try DurableFile.write(Data("text".utf8), to: directory.file("taken"))
        }
        #expect("\(try #require(error))".contains(directory.file("taken").path))
        #expect(directory.names(in: "") == ["taken"])
        #expect(throws: RenderFailure.self) {
            try DurableFile.write(Data("text".utf8), to: directory.file("missing/a"))
        }
    }

    @Test("A full device is told as one, with the way out", arguments: [ENOSPC, EDQUOT, EFBIG])
    func full(code: Int32) {
        let failure = RenderFailure.systemCall("write", "/films/a.mp4", errno: code)
        #expect(failure.passesWithRoom)
        #expect(
            "\(failure)" == "no room to write /films/a.mp4: \(String(cString: strerror(code))); "
                + "finished segments are kept, so free some space and start again")
    }

    @Test("A real full device says so")
    func devFull() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let error = #expect(throws: RenderFailure.self) {
            try DurableFile.writeAll(Data("text".utf8), descriptor, path: "/dev/full")
        }
        #expect(try #require(error).passesWithRoom)
    }
}
