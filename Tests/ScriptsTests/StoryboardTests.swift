import Foundation
import Models
import TestSupport
import Testing

@testable import Scripts

@Suite struct StoryboardTests {
    @Test("A prompt holds until the next, and the last one beyond the end of the film")
    func prompts() throws {
        let board = try Storyboard(
            frames: 100,
            shots: [Shot(start: 0, prompt: "a"), Shot(start: 1, prompt: "b"), Shot(start: 60, prompt: "a")])
        let expected = [(-5, "a"), (0, "a"), (1, "b"), (59, "b"), (60, "a"), (99, "a"), (100, "a"), (5000, "a")]
        for (frame, prompt) in expected {
            #expect(board.prompt(at: frame) == prompt)
        }
    }

    @Test("Every frame's prompt is that of the last shot that started")
    func agreesWithScan() throws {
        var random = SplitMix(state: 3)
        for _ in 0..<50 {
            let frames = Int.random(in: 2...300, using: &random)
            let starts = Set((0..<8).map { _ in Int.random(in: 0..<frames, using: &random) }).union([0]).sorted()
            let board = try Storyboard(frames: frames, shots: starts.map { Shot(start: $0, prompt: "\($0)") })
            for frame in 0..<frames {
                #expect(board.prompt(at: frame) == "\(starts.last { $0 <= frame } ?? -1)")
            }
        }
    }

    @Test("A first prompt that starts late holds from the beginning")
    func lateStart() throws {
        let (script, warnings) = try Script.parse("frames 100\nf10 Pim walks.\nf20 Pim sits.", name: "a")
        #expect(warnings.map(\.message) == ["no prompt starts at 0:00; the first one is used from there on"])
        #expect(try script.storyboard().shots.map(\.start) == [0, 20])
    }

    @Test("Shots that make no storyboard are refused")
    func refused() {
        let a = Shot(start: 0, prompt: "a")
        #expect(throws: StoryboardError.tooShort(frames: 1)) { try Storyboard(frames: 1, shots: [a]) }
        #expect(throws: StoryboardError.framesPerSecond(0)) { try Storyboard(frames: 2, fps: 0, shots: [a]) }
        #expect(throws: StoryboardError.noShotAtStart) { try Storyboard(frames: 2, shots: []) }
        #expect(throws: StoryboardError.noShotAtStart) {
            try Storyboard(frames: 9, shots: [Shot(start: 1, prompt: "b")])
        }
        #expect(throws: StoryboardError.disorder(frame: 0, after: 0)) { try Storyboard(frames: 2, shots: [a, a]) }
        #expect(throws: StoryboardError.beyondTheEnd(frame: 2, frames: 2)) {
            try Storyboard(frames: 2, shots: [a, Shot(start: 2, prompt: "b")])
        }
    }

    @Test("The examples are read without a warning", arguments: [("picnic", 226), ("a-day", 1024), ("journey", 3376)])
    func examples(name: String, frames: Int) throws {
        let file = Fixtures.examples.appending(path: name + ".nuwa")
        let (script, warnings) = try Script.parse(Data(contentsOf: file), name: file.lastPathComponent)
        #expect(warnings.isEmpty)
        let board = try script.storyboard()
        #expect(board.frames == frames)
        #expect(script.seed != nil)
        #expect(board.shots.count >= 3)
    }

    @Test("Every prompt of the examples names a time of day, a place and someone")
    func examplesSayEverything() throws {
        for file in try Fixtures.files(in: Fixtures.examples, suffix: "nuwa") {
            let (script, _) = try Script.parse(Data(contentsOf: file), name: file.lastPathComponent)
            for prompt in try script.storyboard().shots.map(\.prompt) {
                let words = Set(Tokenizer.words(in: prompt).map(\.text))
                #expect(!words.isDisjoint(with: ["morning", "noon", "evening", "night"]), "\(prompt)")
                #expect(
                    !words.isDisjoint(with: ["meadow", "forest", "desert", "beach", "village", "cave"]), "\(prompt)")
                #expect(!words.isDisjoint(with: ["pim", "lulu", "rok", "bo"]), "\(prompt)")
            }
        }
    }
}
