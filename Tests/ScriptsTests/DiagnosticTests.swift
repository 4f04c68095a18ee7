import Foundation
import Terminal
import TestSupport
import Testing

@testable import Scripts

/// Every sentence that a reader can get about a bad script, as files: `NAME.nuwa` and `NAME.expected.txt` beside it.
/// `NUWA_RECORD=1 swift test` writes the second anew; read the difference before keeping it.
@Suite struct DiagnosticTests {
    static let names = (try? Fixtures.files(in: Fixtures.badScripts, suffix: "nuwa").map(\.lastPathComponent)) ?? []

    @Test("A bad script is answered with the sentences, places and carets that were agreed on", arguments: names)
    func golden(name: String) throws {
        let script = Fixtures.badScripts.appending(path: name)
        let expected = script.deletingPathExtension().appendingPathExtension("expected.txt")
        let actual = diagnostics(of: try Data(contentsOf: script), name: name)
        if ProcessInfo.processInfo.environment["NUWA_RECORD"] != nil {
            try actual.write(to: expected, atomically: true, encoding: .utf8)
        }
        let agreed = try String(contentsOf: expected, encoding: .utf8)
        #expect(actual == agreed)
    }

    @Test("There are bad scripts to test with")
    func fixturesExist() {
        #expect(Self.names.count > 20)
    }

    @Test("Every diagnostic of every bad script lies inside its line and has a remedy", arguments: names)
    func placesAreInside(name: String) throws {
        let data = try Data(contentsOf: Fixtures.badScripts.appending(path: name))
        do throws(ScriptErrors) {
            _ = try Script.parse(data, name: name)
        } catch {
            #expect(!error.errors.isEmpty)
            for diagnostic in error.diagnostics {
                #expect(diagnostic.remedy != nil)
                #expect(diagnostic.line >= 1 && diagnostic.column >= 1)
                if let line = diagnostic.sourceLine {
                    #expect(diagnostic.column - 1 + diagnostic.length <= line.count)
                }
            }
        }
    }

    @Test("An marked is at most a hundred columns wide, and a quoted word cannot fill the screen")
    func excerptsAreTame() {
        for position in [1, 50, 500, 1200] {
            let line = String(repeating: "朝 walk\t", count: 200)
            let marked = MarkedLine(line: line, column: position, length: 300)
            #expect(marked.text.cellWidth <= 96)
            #expect(marked.carets.cellWidth <= 96)
            #expect(marked.text.printable == marked.text)
        }
        let word = String(repeating: "x", count: 100_000)
        #expect(diagnostics(of: Data(word.utf8), name: "a").count < 1200)
    }

    private func diagnostics(of data: Data, name: String) -> String {
        do throws(ScriptErrors) {
            return try Script.parse(data, name: name).warnings.map { $0.rendered() + "\n" }.joined()
        } catch {
            return error.description
        }
    }
}
