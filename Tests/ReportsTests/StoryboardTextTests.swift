import Foundation
import Plans
import Reports
import Scripts
import TestSupport
import Testing

@Suite struct StoryboardTextTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// `NUWA_RECORD=1 swift test` writes the expected text anew; read the difference before keeping it.
    @Test("The report on an example is the one agreed on", arguments: ["picnic", "a-day", "journey"])
    func golden(name: String) throws {
        let file = Self.tests.deletingLastPathComponent().appending(path: "examples/\(name).nuwa")
        let board = try Script.parse(Data(contentsOf: file), name: file.lastPathComponent).script.storyboard()
        let plan = try RenderPlan(frames: board.frames, segmentFrames: 16)
        let actual = StoryboardText.page(board, plan: plan)
        let expected = Self.tests.appending(path: "Fixtures/scripts/reports/\(name).txt")
        if ProcessInfo.processInfo.environment["NUWA_RECORD"] != nil {
            try actual.write(to: expected, atomically: true, encoding: .utf8)
        }
        let agreed = try String(contentsOf: expected, encoding: .utf8)
        #expect(actual == agreed)
    }

    @Test("No line is wider than a hundred columns, and the longest film still gives a page or two")
    func size() throws {
        let prompt = String(repeating: "Pim walks 朝 ", count: 60)
        let shots = (0..<2000).map { Shot(start: $0 * 25, prompt: prompt + "\($0)") }
        for (frames, segmentFrames) in [(50_626, 16), (50_626, 3), (50_626, 32), (49_977, 5)] {
            let board = try Storyboard(frames: frames, shots: shots)
            let plan = try RenderPlan(frames: frames, segmentFrames: segmentFrames)
            let lines = StoryboardText.page(board, plan: plan).split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= 100 })
            #expect(lines.count < 600)
        }
    }

    @Test("A prompt too short for the keyframes is said to be seen later")
    func shortShots() throws {
        let board = try Storyboard(
            frames: 226,
            shots: [Shot(start: 0, prompt: "a"), Shot(start: 100, prompt: "b"), Shot(start: 104, prompt: "c")])
        let report = StoryboardText.page(board, plan: try RenderPlan(frames: 226, segmentFrames: 16))
        #expect(report.contains("2   0:04.17  f100   1                b"))
        #expect(report.contains("3   0:04.33  f104   0                c"))
    }

    @Test("Keyframes beyond the film's end are counted, not listed")
    func overhang() throws {
        let board = try Storyboard(frames: 12, shots: [Shot(start: 0, prompt: "a")])
        let report = StoryboardText.page(board, plan: try RenderPlan(frames: 12, segmentFrames: 16))
        #expect(report.contains("f11    1   a\n  … and 4 more beyond the end, which see the last prompt and are cut\n"))
    }
}
