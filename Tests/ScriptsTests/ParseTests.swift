import Foundation
import TestSupport
import Testing

@testable import Scripts

@Suite struct ParseTests {
    private static let full = """
        # A picnic by the cave
        seed 42
        length 2m20s            # or: frames 3376
        fps 24
        model cartoon-2.1
        priority -5

        0:00   Morning. Pim walks to the right across the meadow.   # the #1 place
        0:25\tPim meets Lulu by the old tree #1.
          50%    Noon. They sit by the cave; Rok the dinosaur jumps.
        f3000  Night falls. All wave.
        """

    @Test("All settings are read, comments and blanks are not")
    func everything() throws {
        let (script, warnings) = try Script.parse(Self.full, name: "picnic.nuwa")
        #expect(warnings.isEmpty)
        #expect(script.name == "picnic.nuwa")
        #expect(script.seed == 42)
        #expect(script.length == .time(Timecode(microseconds: 140_000_000)))
        #expect(script.fps == 24)
        #expect(script.model == "cartoon-2.1")
        #expect(script.priority == -5)
        #expect(
            script.cues.map(\.key) == [
                .time(.init(microseconds: 0)), .time(.init(microseconds: 25_000_000)), .percent(50), .frame(3000),
            ])
        #expect(script.cues[0].prompt == "Morning. Pim walks to the right across the meadow.")
        #expect(script.cues[1].prompt == "Pim meets Lulu by the old tree #1.")
        #expect(script.cues[2].keyPlace.line == 10)
        #expect(script.cues[2].keyPlace.column == 3)
        #expect(script.cues[2].promptPlace.start.column == 10)
    }

    @Test("Only the length has to be given; the rest has defaults")
    func defaults() throws {
        let (script, _) = try Script.parse("frames 16\n0:00 Pim walks.", name: "a")
        #expect(script.seed == nil)
        #expect(Script.defaultSeed == 0)
        #expect(script.fps == 24)
        #expect(script.model == nil)
        #expect(script.priority == 0)
        #expect(script.length == .frames(16))
    }

    @Test("hold stands alone on its line, and says so where it does not")
    func hold() throws {
        let script = try Script.parse("hold   # look first\nframes 16\n0:00 Pim walks.", name: "a").script
        #expect(script.hold)
        #expect(try Script.parse(script.text, name: "a").script.hold)
        #expect(try !Script.parse("frames 16\n0:00 Pim walks.", name: "a").script.hold)
        func message(_ text: String) -> String {
            let error = #expect(throws: ScriptErrors.self) { try Script.parse(text, name: "a") }
            return "\(error!)"
        }
        #expect(message("hold yes\nframes 16\n0:00 Pim.").contains("a:1:6: error: 'hold' takes no value"))
        #expect(message("hold\nhold\nframes 16\n0:00 Pim.").contains("a:2:1: error: 'hold' is set a second time"))
        #expect(message("approve\nframes 16\n0:00 Pim.").contains("did you mean 'hold'?"))
    }

    @Test("A byte order mark and the line ends of any system make no difference", arguments: ["\n", "\r\n", "\r"])
    func lineEnds(end: String) throws {
        let text = Self.full.replacing("\n", with: end)
        let expected = try Script.parse(Self.full, name: "a").script
        #expect(try Script.parse(text, name: "a").script == expected)
        #expect(try Script.parse(text + end, name: "a").script == expected)
        #expect(try Script.parse("\u{FEFF}" + text, name: "a").script == expected)
    }

    @Test("Settings may follow prompts")
    func settingsAnywhere() throws {
        let (script, warnings) = try Script.parse("0:00 Pim walks.\n50% Pim sits.\nlength 10s\nfps 10", name: "a")
        #expect(warnings.isEmpty)
        #expect(try script.storyboard().shots.map(\.start) == [0, 50])
    }

    @Test(
        "The frames of a length are its seconds times the frames per second, rounded, and two at least",
        arguments: [
            ("2m20s", 24, 3360), ("10.02s", 24, 240), ("10.03s", 24, 241), ("0.001s", 24, 2), ("1s", 1, 2),
            ("7s", 120, 840),
        ])
    func frames(length: String, fps: Int, frames: Int) throws {
        let (script, _) = try Script.parse("length \(length)\nfps \(fps)\n0:00 Pim walks.", name: "a")
        #expect(try script.storyboard().frames == frames)
    }

    @Test("Limits are kept to the last byte, prompt, frame and character")
    func limits() throws {
        let text = "frames 100\n0:00 Pim walks.\n50% Pim sits.\n"
        let exact = ScriptLimits(bytes: text.utf8.count, prompts: 2, frames: 100, promptCharacters: 10)
        _ = try Script.parse(text, name: "a", limits: exact)

        func message(_ change: (inout ScriptLimits) -> Void) -> String? {
            var limits = exact
            change(&limits)
            do throws(ScriptErrors) {
                _ = try Script.parse(text, name: "a", limits: limits)
                return nil
            } catch {
                return error.errors.map(\.message).joined(separator: "; ")
            }
        }
        #expect(message { $0.bytes -= 1 } == "the script has 41 bytes; at most 40 are read")
        #expect(message { $0.prompts -= 1 } == "there are more than 1 prompts")
        #expect(message { $0.frames -= 1 } == "the film would have 100 frames; at most 99 are made")
        #expect(message { $0.promptCharacters -= 1 } == "the prompt has 10 characters; at most 9 are read")
    }

    @Test("Large scripts of a single thing over and over are refused, without quadratic work")
    func largeInputs() {
        let size = 20_000
        for unit in ["9", "f", "0:", "%", "# ", "\n", "a b\n", "0:00 x\n", "1s", "👩‍👩‍👧", "e\u{301}", "'"] {
            let text = String(repeating: unit, count: size / unit.utf8.count)
            #expect(throws: ScriptErrors.self) { try Script.parse(text, name: "a") }
        }
    }

    @Test("Random bytes and random lines are errors, never a crash")
    func noise() {
        var random = SplitMix(state: 1)
        let parts = [
            "frames ", "length ", "0:", "5", "%", "f", " ", "\t", "\n", "#", ".", "-", "s", "é", "\0", "Pim", "9999999",
            "６",
        ]
        for _ in 0..<400 {
            let bytes = Data((0..<40).map { _ in UInt8.random(in: 0...255, using: &random) })
            #expect(throws: ScriptErrors.self) { try Script.parse(bytes, name: "a") }
            let text = (0..<30).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            do {
                let (script, _) = try Script.parse("frames 90\n" + text, name: "a")
                _ = try script.storyboard()
            } catch {
                #expect(error is ScriptErrors)
                #expect(!"\(error)".isEmpty)
            }
        }
    }
}
