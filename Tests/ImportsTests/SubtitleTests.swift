import Foundation
import Scripts
import TestSupport
import Testing

@testable import Imports

@Suite("Rules of subtitles")
struct SubtitleTests {
    @Test("Subtitles without a blank line between them are parted by their times, which is told")
    func joinedSubRip() throws {
        let text = """
            1
            00:00:00,000 --> 00:00:02,000
            Pim walks.
            2
            00:00:02,000 --> 00:00:04,000
            Pim sits.
            00:00:04,000-->00:00:06,000
            Lulu --> Pim.
            3 jumps.
            """
        let (prompts, warnings) = try read(text, "a.srt")
        #expect(prompts == ["0 Pim walks.", "48 Pim sits.", "96 Lulu --> Pim. 3 jumps."])
        #expect(
            warnings == [
                "5: there is no blank line above the subtitle of '00:00:02,000 --> 00:00:04,000' (also in line 7)"
            ])
    }

    @Test("In WebVTT each line of times begins a cue, whatever stands above it")
    func joinedWebVTT() throws {
        let text = """
            WEBVTT

            NOTE of two
            lines
            1
            00:00.000 --> 00:02.000
            Pim walks.
            2
            00:02.000 --> 00:04.000
            Pim sits.
            00:04.000 --> 00:06.000
            Pim jumps.

            NOTE
            00:06.000 --> 00:08.000
            Pim waves.
            """
        let (prompts, warnings) = try read(text, "a.vtt")
        #expect(prompts == ["0 Pim walks.", "48 Pim sits.", "96 Pim jumps.", "144 Pim waves."])
        #expect(warnings.isEmpty)
    }

    @Test(
        "The header of WebVTT ends at a line of times as well as at a blank line",
        arguments: ["WEBVTT\n", "WEBVTT a title\nKind: captions\n", "WEBVTT\n1\n"])
    func header(header: String) throws {
        let (prompts, warnings) = try read(
            header + "00:00.000 --> 00:02.000\nPim walks.\n\n00:02.000 --> 00:04.000\nPim sits.", "a.vtt")
        #expect(prompts == ["0 Pim walks.", "48 Pim sits."])
        #expect(warnings.isEmpty)
    }

    @Test("An arrow without blanks around it is one, and what follows the times is still told")
    func arrow() throws {
        let (prompts, warnings) = try read("WEBVTT\n\n00:00.000-->00:02.000 line:0 align:start\nPim walks.", "a.vtt")
        #expect(prompts == ["0 Pim walks."])
        #expect(warnings == ["3: 'line:0 align:start' says where text is shown, which means nothing here"])
    }

    @Test(
        "Without two times around its arrow a line is no line of times",
        arguments: ["-->", "00:00.000 -->", "--> 00:02.000", "00:00.000 00:01.000 --> 00:02.000"])
    func noTimes(line: String) throws {
        let errors = try #require(throws: ScriptErrors.self) { try read("WEBVTT\n\n\(line)\nPim walks.", "a.vtt") }
        #expect(errors.errors.map(\.message) == ["this is not a line of times"])
    }

    @Test("A subtitle that ends as it begins is left out with a warning; the others are read")
    func instant() throws {
        let (prompts, warnings) = try read(
            "1\n00:00:00,000 --> 00:00:02,000\nPim walks.\n\n2\n00:00:01,000 --> 00:00:01,000\nPim sits.\n", "a.srt")
        #expect(prompts == ["0 Pim walks."])
        #expect(
            warnings == ["6: '00:00:01,000 --> 00:00:01,000' ends as it begins, so nothing of it is seen"])
    }

    @Test(
        "Gaps and overlaps are told by all subtitles that have begun, not only by the one above",
        arguments: [
            (
                [(0, 10), (2, 3), (8, 12)],
                ["6: '00:02.000 --> 00:03.000' begins before another subtitle has ended (also in line 9)"]
            ),
            (
                [(0, 10), (2, 3), (12, 14)],
                [
                    "6: '00:02.000 --> 00:03.000' begins before another subtitle has ended",
                    "9: nothing is shown for a while before '00:12.000 --> 00:14.000', but a film always shows something",
                ]
            ),
            ([(4, 6), (0, 4)], []), ([(0, 2), (0, 4), (4, 6)], []),
            (
                [(4, 6), (0, 2)],
                [
                    "3: nothing is shown for a while before '00:04.000 --> 00:06.000', but a film always shows something"
                ]
            ),
        ])
    func gaps(times: [(Int, Int)], said: [String]) throws {
        func time(_ second: Int) -> String { "00:\(second < 10 ? "0" : "")\(second).000" }
        let cues = times.map { "\(time($0.0)) --> \(time($0.1))\nPim walks.\n" }
        let warnings = try read("WEBVTT\n\n" + cues.joined(separator: "\n"), "a.vtt").warnings
        #expect(warnings == said)
    }

    @Test(
        "A reference in WebVTT is the character that it stands for",
        arguments: [
            ("caf&#233;", "café"), ("caf&#xE9;", "café"), ("caf&#Xe9;", "café"),
            ("&lt;Pim&gt; &amp; Lulu", "<Pim> & Lulu"),
            ("Pim&#10;waves", "Pim waves"), ("&#x1F600;", "😀"), ("Pim & Lulu", "Pim & Lulu"),
        ])
    func references(text: String, prompt: String) throws {
        let (prompts, warnings) = try read("WEBVTT\n\n00:00.000 --> 00:02.000\n\(text)", "a.vtt")
        #expect(prompts == ["0 \(prompt)"])
        #expect(warnings.isEmpty)
    }

    @Test(
        "A reference that nuwa does not know stays as it is, which is told",
        arguments: [
            "&eacute;", "&A;", "&#7;", "&#0;", "&#xD800;", "&#x110000;", "&#99999999999;", "&#;", "&#x;", "&#1x;",
        ])
    func unknownReferences(text: String) throws {
        let (prompts, warnings) = try read("WEBVTT\n\n00:00.000 --> 00:02.000\nPim \(text) waves", "a.vtt")
        #expect(prompts == ["0 Pim \(text) waves"])
        #expect(warnings == ["4: '\(text)' is a reference to a character that nuwa does not know"])
    }

    /// Its prompts behind their frames, and what is told behind its line.
    private func read(_ text: String, _ name: String) throws -> (prompts: [String], warnings: [String]) {
        let (script, warnings) = try Script.read(Data(text.utf8), name: name)
        return (
            try script.storyboard().shots.map { "\($0.start) \($0.prompt)" },
            warnings.map { "\($0.line): \($0.message)" }
        )
    }
}
