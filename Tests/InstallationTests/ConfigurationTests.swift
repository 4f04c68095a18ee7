import Encoding
import Foundation
import Models
import Scripts
import Testing
import TestSupport

@testable import Installation

@Suite("Configuration")
struct ConfigurationTests {
    @Test("An empty file stands for all defaults")
    func empty() throws {
        #expect(try Configuration(toml: "", file: "nuwad.toml") == Configuration())
    }

    @Test("A missing file stands for all defaults, unless it was asked for by name")
    func missing() throws {
        let file = URL(filePath: "/nowhere/nuwad.toml")
        #expect(try Configuration.read(file, required: false) == Configuration())
        let error = #expect(throws: ConfigurationError.self) { try Configuration.read(file, required: true) }
        #expect(error?.description.hasPrefix("/nowhere/nuwad.toml: cannot be read: ") == true)
    }

    @Test("Every key is read")
    func everyKey() throws {
        let configuration = try Configuration(
            toml: """
                workers = 3
                log_level = "debug"
                approve = true
                [model]
                name = "tiny"
                precision = "bf16"
                [spool]
                settle_seconds = 0.5
                rescan_seconds = 5
                [limits]
                script_bytes = 1000
                prompts = 20
                prompt_characters = 300
                frames = 226
                [films]
                directory = "/srv/films"
                crf = 23
                preset = "veryfast"
                sheet = true
                [executor]
                kind = "slurm"
                workspace = "/shared"
                program = "/opt/nuwa"
                element_minutes = 2
                queued = 7
                poll_seconds = 0.5
                sbatch = ["--partition=long", "--time=9"]
                [page]
                listen = "localhost:8230"
                """, file: "nuwad.toml")
        var expected = Configuration()
        expected.workers = 3
        expected.logLevel = .debug
        expected.model = .init(name: "tiny", precision: .bf16)
        expected.spool = .init(settleSeconds: 0.5, rescanSeconds: 5)
        expected.limits = ScriptLimits(bytes: 1000, prompts: 20, frames: 226, promptCharacters: 300)
        expected.films = .init(directory: "/srv/films", encoding: .init(crf: 23, preset: "veryfast"), sheet: true)
        expected.executor = .init(
            kind: .slurm, workspace: "/shared", program: "/opt/nuwa", elementMinutes: 2, queued: 7, pollSeconds: 0.5,
            sbatch: ["--partition=long", "--time=9"])
        expected.approve = true
        expected.page.listen = LoopbackAddress("127.0.0.1:8230")
        #expect(configuration == expected)
        #expect(expected.page.listen != nil)
        #expect(configuration.workerCount == 3)
    }

    @Test("The file that is shipped explains every key, and shows its default")
    func shipped() throws {
        let file = Fixtures.repository.appending(path: "etc/nuwa/nuwad.toml")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(try Configuration(toml: text, file: file.path) == Configuration())

        let uncommented = text.replacing(/(?m)^# ([a-z_]+ = )/) { "\($0.output.1)" }
        var expected = Configuration()
        expected.films.directory = "/var/lib/nuwa/films"
        expected.executor.workspace = "/var/lib/nuwa"
        expected.executor.program = "/usr/bin/nuwa"
        expected.page.listen = LoopbackAddress("127.0.0.1:8230")
        #expect(try Configuration(toml: uncommented, file: file.path) == expected)

        // The keys that the reader knows, as it lists them itself.
        for table in ["", "model", "spool", "limits", "films", "executor", "control", "page", "retention"] {
            let wrong = table.isEmpty ? "x = 1" : "[\(table)]\nx = 1"
            let error = try #require(throws: ConfigurationError.self) { try Configuration(toml: wrong, file: "f") }
            let keys = try #require(error.problems.first?.message.components(separatedBy: "here are ").last)
            for key in keys.components(separatedBy: ", ") {
                #expect(text.contains("# \(key) = ") || text.contains("[\(key)]"), "\(key) is not explained")
            }
        }
    }

    @Test(
        "What is wrong is told with file, line and key",
        arguments: [
            ("workers = \"two\"", "f.toml:1: workers: expected a whole number from 0 to 1024, found \"two\""),
            ("\nworkers = -1", "f.toml:2: workers: expected a whole number from 0 to 1024, found -1"),
            ("workers = 1.5", "f.toml:1: workers: expected a whole number from 0 to 1024, found 1.5"),
            (
                "# a remark\n[spool]\nsettle = 2",
                "f.toml:3: spool.settle: no such key; here are settle_seconds, rescan_seconds"
            ),
            (
                "[spool]\nrescan_seconds = 0",
                "f.toml:2: spool.rescan_seconds: expected a number from 1 to 86,400, found 0"
            ),
            (
                "model.precision = \"f16\"",
                "f.toml:1: model.precision: expected one of \"automatic\", \"f32\", \"bf16\", found \"f16\""
            ),
            ("films = true", "f.toml:1: films: expected a table: [films], found true"),
            ("[films]\ndirectory = \"films\"", "f.toml:2: films.directory: expected an absolute path, found \"films\""),
            (
                "[executor]\nsbatch = [\"-p\", 1]",
                "f.toml:2: executor.sbatch: expected a list of strings, found array"
            ),
            ("[model]\nname = \"\"", "f.toml:2: model.name: expected a string that is not empty, found \"\""),
            (
                "[page]\nlisten = \"0.0.0.0:8230\"",
                "f.toml:2: page.listen: expected a port of this machine itself, as \"127.0.0.1:8230\", found \"0.0.0.0:8230\""
            ),
            (
                "[modle]\nname = \"a\"",
                "f.toml:1: modle: no such key; here are workers, log_level, approve, model, spool, limits, films, executor, control, page, retention"
            ),
        ])
    func problems(toml: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) { try Configuration(toml: toml, file: "f.toml") }
        #expect(error?.description == message)
    }

    @Test("What is no TOML at all is told with its line")
    func syntax() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration(toml: "workers = 1\n[model\n", file: "f.toml")
        }
        #expect(error.problems.count == 1)
        #expect(error.description.hasPrefix("f.toml:2: "), "\(error)")
    }

    @Test("All problems are told at once, in the order of the lines")
    func several() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(toml: "[films]\ncrf = 0\n[limits]\nprompts = 0\n[model]\nnmae = \"x\"", file: "f")
        }
        #expect(error?.problems.map(\.line) == [2, 4, 6])
        #expect(error?.problems.map(\.key) == ["films.crf", "limits.prompts", "model.nmae"])
    }
}

extension ConfigurationError {
    fileprivate var problems: [Problem] {
        if case .wrong(_, let problems) = self { problems } else { [] }
    }
}
