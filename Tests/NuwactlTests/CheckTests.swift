import Foundation
import Installation
import Plans
import Reports
import Scripts
import TestSupport
import Testing

@testable import nuwactl

@Suite("nuwactl check")
struct CheckTests {
    @Test("A good script is shown as each depth will see it, with the words that the model does not know")
    func good() throws {
        try withTemporaryDirectory { root in
            let directory = root.appending(path: "usr/share/nuwa/models/cartoon")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: Fixtures.cartoonModel.appending(path: "model.json"), to: directory.appending(path: "model.json"))
            let report = try check("frames 226\n0:00 Pim walks.\n0:05 Pim flies.", root: root)
            #expect(report.plan?.segmentCount == 16)
            #expect(report.storyboardText.contains("depth 1: 15 segments"))
            #expect(report.warnings.map(\.message) == ["the model does not know the word 'flies'"])
            #expect(report.note == nil)

            let errors = #expect(throws: ScriptErrors.self) {
                try check("model other\nframes 226\n0:00 Pim walks.", root: root)
            }
            #expect(errors?.errors.map(\.line) == [1])
        }
    }

    @Test("Without a model the script is still read, and what was not checked is told")
    func noModel() throws {
        try withTemporaryDirectory { root in
            let report = try check("frames 226\n0:00 Pim walks.", root: root)
            #expect(report.plan == nil)
            #expect(
                report.note?.hasPrefix(
                    "words, depths and how far apart keyframes may be were not checked: no model \"cartoon\"") == true)
        }
    }

    @Test("JSON tells what a film will be, or what is wrong by line and column")
    func json() throws {
        try withTemporaryDirectory { root in
            let errors = try #require(throws: ScriptErrors.self) { try check("lenght 3s\n0:00 Pim.", root: root) }
            try expectGolden(CheckReport.JSON(errors), "check-refused")
            try expectGolden(CheckReport.JSON(try check("frames 226\n0:00 Pim walks.", root: root)), "check-good")
        }
    }

    @Test("What import and page answer in JSON")
    func others() throws {
        try withTemporaryDirectory { root in
            let errors = try #require(throws: ScriptErrors.self) { try check("lenght 3s\n0:00 Pim.", root: root) }
            let script = try Script.parse("frames 10\nf0 Pim walks.", name: "a.nuwa").script
            try expectGolden(ImportCommand.JSON(script: script.text, diagnostics: []), "import-good")
            try expectGolden(
                ImportCommand.JSON(script: nil, diagnostics: errors.diagnostics.map(Finding.init)), "import-refused")
        }
        try expectGolden(PageCommand.Answer(address: "http://127.0.0.1:8230/", token: nil), "page")
        try expectGolden(PageCommand.Answer(address: "http://127.0.0.1:8230/", token: "1000.4f2a"), "page-token")
    }

    private func expectGolden(
        _ value: some Encodable, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (text, golden) = try written(value, beside: name)
        #expect(text == golden, sourceLocation: sourceLocation)
    }

    private func withTemporaryDirectory(_ body: (URL) throws -> Void) throws {
        let directory = try TemporaryDirectory()
        try body(directory.url)
    }

    private func check(_ script: String, root: URL) throws -> CheckReport {
        try CheckReport(
            script: Data(script.utf8), name: "a.nuwa", configuration: Configuration(),
            paths: Paths(root: root, environment: [:], executable: nil))
    }
}
