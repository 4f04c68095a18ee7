import Foundation
import Scripts
import TestSupport
import Testing

@testable import Imports

/// Files as other tools write them, in `Fixtures/imports`: `NAME`, the script that it comes to in `NAME.expected.nuwa`, and what its
/// author is told in `NAME.expected.txt`.
@Suite("Files of other tools")
struct FormatTests {
    static let names = Fixtures.inputs(in: Fixtures.imports)
    static let badNames = Fixtures.inputs(in: Fixtures.badImports)

    @Test("A file of another tool comes to the script and the warnings that were agreed on", arguments: names)
    func good(name: String) throws {
        let (script, warnings) = try read(name)
        let file = Fixtures.imports.appending(path: name)
        #expect(try script.text == Fixtures.agreed(file.appendingPathExtension("expected.nuwa"), script.text))
        let said = warnings.map { $0.rendered() + "\n" }.joined()
        #expect(try said == Fixtures.agreed(file.appendingPathExtension("expected.txt"), said))
    }

    @Test("What `import` prints is the same film as the file itself", arguments: names)
    func sameFilm(name: String) throws {
        let (script, _) = try read(name)
        let (again, warnings) = try Script.parse(script.text, name: "again.nuwa")
        #expect(warnings.isEmpty)
        #expect(try Film(again) == Film(script))
    }

    @Test("Each prompt's place has the characters of the prompt", arguments: names)
    func places(name: String) throws {
        for cue in try read(name).script.cues {
            for (index, character) in cue.prompt.enumerated() where !character.isWhitespace {
                let place = cue.promptPlace.part(index..<index + 1)
                #expect(String(Array(place.text)[place.column - 1]) == String(character), "\(cue.prompt) \(index)")
            }
        }
    }

    @Test(
        "A file with errors is answered with the sentences, places and carets that were agreed on", arguments: badNames)
    func bad(name: String) throws {
        let file = Fixtures.badImports.appending(path: name)
        let errors = try #require(throws: ScriptErrors.self) {
            try Script.read(Data(contentsOf: file), name: name)
        }
        #expect(!errors.errors.isEmpty)
        #expect(
            try errors.description == Fixtures.agreed(file.appendingPathExtension("expected.txt"), errors.description))
        for diagnostic in errors.diagnostics {
            #expect(diagnostic.remedy != nil)
            if let line = diagnostic.sourceLine { #expect(diagnostic.column - 1 + diagnostic.length <= line.count) }
        }
    }

    @Test("There are files to test with")
    func fixturesExist() {
        #expect(Self.names.count >= 8)
        #expect(Self.badNames.count >= 15)
    }

    private func read(_ name: String) throws -> (script: Script, warnings: [Diagnostic]) {
        try Script.read(Data(contentsOf: Fixtures.imports.appending(path: name)), name: name)
    }

    /// What of a script makes the film.
    private struct Film: Equatable {
        let shots: [String]
        let frames: Int
        let fps: Int
        let seed: UInt64?

        init(_ script: Script) throws {
            let board = try script.storyboard()
            shots = board.shots.map { "\($0.start) \($0.prompt)" }
            frames = board.frames
            fps = board.fps
            seed = script.seed
        }
    }
}
