import ArgumentParser
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
            try installModel(root)
            let report = try check("frames 226\n0:00 Pim walks.\n0:05 Pim flies.", root: root)
            #expect(report.plan?.segmentCount == 16)
            #expect(report.text.contains("depth 1: 15 segments"))
            #expect(report.warnings.map(\.message) == ["the model does not know the word 'flies'"])
            #expect(report.note == nil)

            let errors = #expect(throws: ScriptErrors.self) {
                try check("model other\nframes 226\n0:00 Pim walks.", root: root)
            }
            #expect(errors?.errors.map(\.line) == [1])
        }
    }

    @Test("Seed and priority are the script's; the job stops at its keyframes where script or configuration says so")
    func job() throws {
        try withTemporaryDirectory { root in
            for model in [false, true] {
                if model { try installModel(root) }
                let plain = try check("frames 226\n0:00 Pim walks.", root: root)
                #expect((plain.plan != nil) == model)
                #expect(plain.text.hasSuffix("\n\nseed 0, priority 0"))
                let script = "frames 226\nseed 18446744073709551615\npriority -3\nhold\n0:00 Pim walks."
                #expect(
                    try check(script, root: root).text.hasSuffix(
                        "\n\nseed 18446744073709551615, priority -3, stops when its keyframes are there"))
                let strict = root.appending(path: "strict.toml")
                try Data("approve = true".utf8).write(to: strict)
                let configured = try #require(
                    try NuwaCtl.parseAsRoot(["check", "a.nuwa", "--config", strict.path]) as? CheckCommand
                ).configured
                let paths = Paths(root: root, environment: [:], executable: nil)
                let report = try check("frames 226\n0:00 Pim walks.", root: root, configured.read(paths))
                #expect(report.stopsAtKeyframes && report.seed == 0)
            }
        }
    }

    @Test("A configuration that is named must be there; the installation's own need not be")
    func configuration() throws {
        try withTemporaryDirectory { root in
            let paths = Paths(root: root, environment: [:], executable: nil)
            #expect(try ConfigurationOptions.parse([]).read(paths) == Configuration())
            let missing = root.appending(path: "none.toml").path
            for command in [["check", "a"], ["edit", "1", "a"], ["import", "a"], ["doctor"]] {
                let parsed = try NuwaCtl.parseAsRoot(command + ["--config", missing])
                let configured = try #require(Mirror(reflecting: parsed).descendant("_configured"))
                #expect("\(configured)".contains(missing))
            }
            let error = #expect(throws: ConfigurationError.self) {
                try ConfigurationOptions.parse(["--config", missing]).read(paths)
            }
            #expect(error?.description.hasPrefix("\(missing): cannot be read: ") == true)
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
            try expectGolden(ImportCommand.JSON(script: script.text, findings: []), "import-good")
            try expectGolden(
                ImportCommand.JSON(script: nil, findings: errors.diagnostics.map(Finding.init)), "import-refused")
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

    private func installModel(_ root: URL) throws {
        let directory = root.appending(path: "usr/share/nuwa/models/cartoon")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Fixtures.cartoonModel.appending(path: "model.json"), to: directory.appending(path: "model.json"))
    }

    private func check(
        _ script: String, root: URL, _ configuration: Configuration = Configuration()
    ) throws -> CheckReport {
        try CheckReport(
            script: Data(script.utf8), name: "a.nuwa", configuration: configuration,
            paths: Paths(root: root, environment: [:], executable: nil))
    }
}
