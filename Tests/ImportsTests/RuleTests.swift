import Commissions
import Foundation
import Models
import Scripts
import TestSupport
import Testing

@testable import Imports

@Suite("Rules of other formats")
struct RuleTests {
    @Test(
        "Of a prompt with markup the words stay",
        arguments: [
            ("a (red:1.3) tree", "a red tree"), ("a ((red)) tree", "a red tree"), ("a \\(red\\) tree", "a (red) tree"),
            ("[cat|dog] sits", "cat sits"), ("[a cat:a dog:0.5] sits", "a cat sits"), ("[dim] light", "dim light"),
            ("{t*2} Pim", "Pim"), ("{red} tree", "red tree"), ("tree `cos(t)` sits", "tree sits"),
            ("(tree:`cos(t)`) sits", "tree sits"), ("Pim <lora:x:1> sits", "Pim sits"), ("Pim AND Lulu", "Pim Lulu"),
            ("a tree :0.5", "a tree"), ("a tree :{cos(t/10)} AND a house :0.5", "a tree a house"),
            ("a tree:`cos(t)` sits", "a tree sits"), ("in the style of photography:1.2", "in the style of photography"),
            ("a tree:1.2 AND a house:-.5", "a tree a house"), ("a tree:1.2 sits", "a tree:1.2 sits"),
            ("they meet at 5:30", "they meet at 5:30"), ("a tree:1-2", "a tree:1-2"), ("a tree: red", "a tree: red"),
            ("Pim --neg ugly --neg bad", "Pim"), ("(open", "open"), ("close)", "close"),
            ("{sin(t/30)} Pim", "Pim"), ("{where((t<30)|(t>60),0.5,1)} Pim", "Pim"),
            ("Pim {0.5+0.2*arctan2(log10(t),floor(t/8))} sits", "Pim sits"),
            ("(tree:{0.5*(1+cos(t/9))}) sits", "tree sits"),
            ("{sin of t} Pim", "sin of t Pim"), ("{(red)} tree", "red tree"), ("{{{t}}} Pim", "Pim"),
            ("(a [b {c:1.1}])", "a b c"), ("at 5:30 (late)", "at 5:30 late"), ("a < b", "a < b"),
        ])
    func markup(prompt: String, words: String) throws {
        let json = String(decoding: try JSONEncoder().encode(["0": prompt]), as: UTF8.self)
        let script = try Script.read(Data(json.utf8), name: "a.json", overrides: tenFrames).script
        #expect(script.cues.map(\.prompt) == [words])
    }

    @Test(
        "A number behind a colon at the end of a prompt is a weight, and told as one",
        arguments: [("a tree:1.2", ":1.2"), ("a tree:1.2 AND a house", ":1.2"), ("a tree :0.5 sits", ":0.5")])
    func weights(prompt: String, weight: String) throws {
        let warnings = try Script.read(Data("\"0\": \"\(prompt)\"".utf8), name: "a.json", overrides: tenFrames).warnings
        #expect(warnings.first?.message == "'\(weight)': words have no weights here")
    }

    @Test("An expression in braces is one warning, whatever is in it")
    func expressions() throws {
        let json = #"{"0": "Pim {0.5+0.5*sin(t/(30+2))} sits"}"#
        let warnings = try Script.read(Data(json.utf8), name: "a.json", overrides: tenFrames).warnings
        #expect(warnings.map(\.message).filter { $0.contains("weight") }.isEmpty)
        let own = warnings.filter { $0.message.contains("is an expression") }
        #expect(own.count == 1 && own[0].column == 12 && own[0].length == 23, "\(warnings.map(\.message))")
    }

    @Test(
        "Of subtitles, tags and codes that players know are left out, and nothing else",
        arguments: [
            ("<Pim waves> by the cave", "<Pim waves> by the cave"),
            ("{Pim waves} by the cave", "{Pim waves} by the cave"),
            ("<I>Pim</I> <font color=\"#fff\">waves</font>", "Pim waves"), ("{\\an8\\i1}Pim{\\i0} waves", "Pim waves"),
            ("{y:i}Pim {c:$0000ff}waves", "Pim waves"), ("{b}Pim{/b} {i}waves", "Pim waves"),
            ("Pim<br/> waves", "Pim waves"),
            ("{a} Pim", "{a} Pim"), ("3 < 4 > 2", "3 < 4 > 2"), ("<bear> waves", "<bear> waves"),
        ])
    func subtitleMarkup(text: String, words: String) throws {
        let subtitle = "1\n00:00:00,000 --> 00:00:02,000\n\(text)\n"
        let (script, warnings) = try Script.read(Data(subtitle.utf8), name: "a.srt")
        #expect(script.cues.map(\.prompt) == [words])
        #expect(warnings.isEmpty == (text == words))
    }

    @Test("A tag that WebVTT does not know is shown by no player, which its author is told")
    func unknownTag() throws {
        let text = "WEBVTT\n\n00:00.000 --> 00:02.000\n<Pim waves> Lulu <lang en>sits</lang>\n"
        let (script, warnings) = try Script.read(Data(text.utf8), name: "a.vtt")
        #expect(script.cues.map(\.prompt) == ["Lulu sits"])
        #expect(
            warnings.map(\.message) == [
                "'<Pim waves>' is a tag that WebVTT does not know, which no player shows",
                "'<lang en>' says how text looks, which means nothing here",
            ])
    }

    @Test("What is left out is told where it stands first, with the other lines that have it")
    func lines() throws {
        func said(_ prompts: [String]) throws -> [String] {
            let text = prompts.enumerated().map { "\"\($0 * 12)\": \"\($1)\"" }.joined(separator: ",\n")
            return try Script.read(Data(text.utf8), name: "a.json", overrides: longEnough).warnings.map(\.message)
        }
        let weight = "'(Pim)': words have no weights here"
        #expect(try said(["(Pim) sits"]) == [weight])
        #expect(try said(["(Pim) (sits)"]) == ["\(weight) (2 times in this line)"])
        #expect(try said(["(Pim) sits", "Lulu", "(Lulu) sits"]) == ["\(weight) (also in line 3)"])
        #expect(try said(["(Pim)", "(Bo)", "Lulu", "(Lulu) (sits)"]) == ["\(weight) (also in lines 2 and 4)"])
        #expect(
            try said((0..<20).map { _ in "(Pim) sits" }) == [
                "\(weight) (also in lines 2, 3, 4, 5, 6, 7, 8, 9 and 11 more)"
            ])
    }

    @Test(
        "A key is a frame or arithmetic, cut to a whole frame",
        arguments: [
            ("12", 12), ("max_f/2-10", 40), ("max_f - 1", 99), ("3*max_f/4-15", 60), ("(max_f-10)/4", 22), ("2**3", 8),
            ("7/2", 3), ("-3+5", 2), ("12.9", 12), ("17%5", 2),
        ])
    func keys(key: String, frame: Int) throws {
        #expect(try FrameExpression(key, maxFrames: 100).value() == frame)
    }

    @Test(
        "What is no frame is refused",
        arguments: ["", "t", "sin(3)", "1/0", "2+", "(3", "9e9", "1 2", "0/0", "10**99", "9**30"])
    func noKeys(key: String) {
        #expect(throws: TokenProblem.self) { try FrameExpression(key, maxFrames: 100).value() }
    }

    @Test("Escapes of JSON are what they stand for, and warnings still find their words")
    func escapes() throws {
        let text = #"{"0": "Pim \"waves\" caf\u00e9 \ud83d\ude00", "9": "Pim wlaks"}"#
        let model = try ModelDocument.read(in: Fixtures.tinyModel).document.configuration
        let commission = try Commission(text, name: "a.json", model: model)
        #expect(commission.storyboard.shots.map(\.prompt) == ["Pim \"waves\" café 😀", "Pim wlaks"])
        let places = commission.warnings.filter { $0.message.contains("wlaks") }.map { ($0.line, $0.column, $0.length) }
        #expect(places.count == 1 && places[0] == (1, text.count - 6, 5))
    }

    @Test("A word is found in the subtitle that it stands in, behind tags and line ends")
    func wordPlaces() throws {
        let text = "1\n00:00:00,000 --> 00:00:02,000\n<b>Pim</b>\n<i>wlaks</i>\n"
        let model = try ModelDocument.read(in: Fixtures.tinyModel).document.configuration
        let warning = try #require(
            try Commission(text, name: "a.srt", model: model).warnings.first { $0.message.contains("wlaks") })
        #expect(warning.line == 4 && warning.column == 4 && warning.length == 5)
    }

    @Test("Line ends of any system and a byte order mark make no difference", arguments: ["\r\n", "\r"])
    func lineEnds(end: String) throws {
        for name in Fixtures.inputs(in: Fixtures.imports) {
            let text = try String(contentsOf: Fixtures.imports.appending(path: name), encoding: .utf8)
                .replacing("\r\n", with: "\n")
            let expected = try Script.read(Data(text.utf8), name: name).script.text
            let other = "\u{FEFF}" + text.replacing("\u{FEFF}", with: "").replacing("\n", with: end)
            #expect(try Script.read(Data(other.utf8), name: name).script.text == expected, "\(name)")
        }
    }

    @Test("As FizzNodes takes it, a prompt may go on over line ends, and a comma may follow the last")
    func overLines() throws {
        let text = "\"0\": \"Pim walks\nin the\n  meadow\",\n\"9\": \"Pim wlaks\",\n"
        let (script, warnings) = try Script.read(Data(text.utf8), name: "a.txt", overrides: tenFrames)
        #expect(script.cues.map(\.prompt) == ["Pim walks in the meadow", "Pim wlaks"])
        #expect(script.cues[1].promptPlace.part(4..<9).line == 4)
        #expect(warnings.isEmpty)
        // With braces it is JSON, which has neither.
        let errors = #expect(throws: ScriptErrors.self) {
            try Script.read(Data("{\(text)}".utf8), name: "a.txt", overrides: tenFrames)
        }
        #expect(errors?.description.contains("a.txt:1:7: error: this text is not closed on its line") == true)
        let comma = try Script.read(Data("{\"0\": \"Pim\",}".utf8), name: "a.txt", overrides: tenFrames).warnings
        #expect(comma.map(\.message) == ["nothing follows this comma, which JSON does not allow"])
    }

    @Test(
        "A closing quote that is missing is told where its text begins",
        arguments: [("\"0\": \"Pim walks,\n\"9\": \"Pim sits\"", 6), ("\"0\": \"Pim walks\n", 6)])
    func unclosed(text: String, column: Int) throws {
        let errors = try #require(throws: ScriptErrors.self) {
            try Script.read(Data(text.utf8), name: "a.json", overrides: tenFrames)
        }
        #expect(errors.errors.map(\.line) == [1] && errors.errors.map(\.column) == [column])
        #expect(errors.errors.first?.remedy?.hasPrefix("end it with a straight '\"'") == true)
    }

    @Test(
        "An empty prompt is a warning, and the one before it holds on",
        arguments: ["\"0\": \"Pim\", \"9\": \"\"", "{\"0\": \"Pim\", \"9\": \"--neg Lulu\"}"])
    func emptyPrompt(text: String) throws {
        let (script, warnings) = try Script.read(Data(text.utf8), name: "a.json", overrides: tenFrames)
        #expect(script.cues.map(\.prompt) == ["Pim"])
        #expect(warnings.map(\.message).contains("there is no text at '\"9\"'"))
    }

    @Test(
        "A bracket that has no number is text, in FramePack too",
        arguments: [
            ("A park [at noon]. [1s: Pim]", ["A park [at noon].", "Pim"]),
            ("[Pim] sits [1s: Lulu]", ["[Pim] sits", "Lulu"]),
            ("[ open [1s: Lulu]", ["[ open", "Lulu"]),
        ])
    func brackets(text: String, prompts: [String]) throws {
        let (script, warnings) = try Script.read(Data(text.utf8), name: "a.txt", overrides: length(48))
        #expect(script.cues.map(\.prompt) == prompts)
        #expect(warnings.isEmpty)
    }

    @Test(
        "A bracket with a number that is no time is refused",
        arguments: ["[1s: Pim] [2: Lulu]", "[1s: Pim] [ 2s: Lulu]", "[1s: Pim] [2s-: Lulu]", "[1s: Pim] [2s: Lulu"])
    func brokenBrackets(text: String) throws {
        let errors = try #require(throws: ScriptErrors.self) {
            try Script.read(Data(text.utf8), name: "a.txt", overrides: length(48))
        }
        #expect(errors.errors.map(\.column) == [11])
    }

    @Test("Options say what the file does not, or otherwise")
    func overrides() throws {
        var settings = ScriptSettings()
        for (setting, value) in [(SettingName.length, "10s"), (.fps, "12"), (.seed, "3"), (.model, "other")] {
            try settings.set(setting, to: value)
        }
        for (name, text) in [("a.txt", "Pim walks.\nPim sits."), ("a.nuwa", "fps 30\n0% Pim walks.\n50% Pim sits.")] {
            let script = try Script.read(Data(text.utf8), name: name, overrides: settings).script
            #expect(script.seed == 3 && script.model == "other")
            #expect(try script.storyboard().shots.map(\.start) == [0, 60])
        }
    }

    @Test("Limits are those of every script")
    func limits() {
        let text = "{\"0\": \"Pim walks\", \"9\": \"Pim sits\"}"
        for (limits, words) in [
            (ScriptLimits(bytes: 10), "bytes"), (ScriptLimits(prompts: 1), "more than 1 prompts"),
            (ScriptLimits(frames: 10), "at most 10 are made"),
            (ScriptLimits(promptCharacters: 8), "at most 8 are read"),
        ] {
            let errors = #expect(throws: ScriptErrors.self) {
                try Script.read(Data(text.utf8), name: "a.json", limits: limits)
            }
            #expect(errors?.description.contains(words) == true, "\(words): \(errors?.description ?? "")")
        }
    }

    @Test("Files of a single thing over and over end soon, and random ones are errors or scripts, never a crash")
    func nasty() {
        for unit in [
            "[", "{", "(", "\"0\":{", "[1s:", "<i>", "&amp;", "1\n0:0 --> 1\n", "`", "\\", "[x", "{\"0\":[",
            "WEBVTT\n\n",
        ] {
            for name in ["a.srt", "a.vtt", "a.json", "a.txt", "a"] {
                for text in [
                    String(repeating: unit, count: 20_000 / unit.count),
                    "{\"0\": \"" + String(repeating: unit, count: 5000 / unit.count),
                ] {
                    do throws(ScriptErrors) { _ = try Script.read(Data(text.utf8), name: name) } catch {
                        #expect(!error.errors.isEmpty)
                    }
                }
            }
        }
        var random = SplitMix(state: 1)
        let parts = [
            "\"", "0", ":", "{", "}", "[", "]", "1s", "-->", "\n", ",", " ", "Pim", "\\", "u00", "<", ">", "WEBVTT",
            "é", "00:00:01,000",
        ]
        for _ in 0..<300 {
            let text = (0..<40).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            for name in ["a.srt", "a.vtt", "a.json", "a.txt"] {
                do throws(ScriptErrors) {
                    let script = try Script.read(Data(text.utf8), name: name).script
                    _ = try? script.storyboard()
                } catch {
                    #expect(!error.errors.isEmpty, "\(text)")
                }
            }
        }
    }

    private var tenFrames: ScriptSettings { length(10) }
    private var longEnough: ScriptSettings { length(500) }

    private func length(_ frames: Int) -> ScriptSettings {
        var settings = ScriptSettings()
        settings.length = .frames(frames)
        return settings
    }
}
