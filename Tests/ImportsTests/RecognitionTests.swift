import Foundation
import Scripts
import Testing
import TestSupport

@testable import Imports

@Suite("Which format a file is in")
struct RecognitionTests {
    @Test(
        "The ending of the name says it, or else the content",
        arguments: [
            ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nPim", ScriptFormat.subRip),
            ("a.VTT", "WEBVTT\n", .webVTT), ("a.json", "{", .promptSchedule),
            ("a.txt", "{\"0\": \"Pim\"}", .promptSchedule),
            ("a.txt", "\"0\": \"Pim\"", .promptSchedule), ("a.txt", "A park. [1s: Pim]", .framePack),
            ("a.txt", "WEBVTT\n\n", .webVTT), ("a.txt", "1\n00:00:01,000 --> 00:00:02,000\nPim", .subRip),
            ("a.txt", "frames 20\n0:00 Pim", .native), ("a.txt", "length 20s\nPim walks\n2 boys sit", .lines),
            ("a", "[1s: Pim]", .framePack), ("a.nuwa", "[1s: Pim]", .framePack),
            ("a.nuwa", "A park. [1s: Pim]", .native),
            ("a.nuwa", "Pim walks", .native), ("stdin", "{}", .promptSchedule), ("stdin", "", .native),
        ])
    func recognised(name: String, text: String, format: ScriptFormat) throws {
        #expect(ScriptFormat(name: name, source: try source(text)) == format)
    }

    @Test("No script of nuwa's own is taken for anything else, whatever its name ends in")
    func native() throws {
        let examples = Fixtures.repository.appending(path: "examples")
        for file in try FileManager.default.contentsOfDirectory(at: examples, includingPropertiesForKeys: nil) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for name in ["a.nuwa", "a.txt", "a"] {
                #expect(
                    ScriptFormat(name: name, source: try source(text)) == .native,
                    "\(file.lastPathComponent) as \(name)")
            }
        }
    }

    private func source(_ text: String) throws -> SourceText {
        SourceText(try ScriptSource.read(Data(text.utf8), name: "a", limits: .default))
    }
}
