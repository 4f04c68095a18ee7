import Foundation
import Pictures
import TestSupport
import Testing
import Video

@Suite struct WorkbenchTests {
    @Test("Shells offer files where a command writes one", arguments: ["render", "storyboard", "reproduce"])
    func completions(command: String) throws {
        let directory = try TemporaryDirectory()
        let script = try run(
            Programs.nuwa, ["--generate-completion-script", "fish"], log: directory.file("log"))
        let output = script.text.split(separator: "\n").first {
            $0.contains("\"nuwa \(command)\"") && $0.contains("-s 'o'")
        }
        #expect(output?.hasSuffix(" -rF") == true)
    }

    @Test("A storyboard has the keyframes alone, and a render goes on from them")
    func storyboard() throws {
        let directory = try TemporaryDirectory()
        let script = try directory.write("frames 27\nfps 12\nf0 Pim walks.\n50% Night falls.\n", to: "walk.nuwa")
        let sheet = directory.file("walk.png")
        let options = [
            "--model", Fixtures.tinyModel.path, "--precision", "f32", "--workspace", directory.file("workspace").path,
        ]
        let (status, text) = try run(
            try Programs.nuwa, ["storyboard", script.path, "-o", sheet.path] + options, log: directory.file("log"))
        #expect(status == 0, "\(text)")
        // 28 frames at three depths of 4 frames a segment: keyframes 0, 9, 18; 27 is beyond the end.
        #expect(text == "storyboard: \(sheet.path) (3 of 27 frames)\n")
        let picture = try Image(png: Data(contentsOf: sheet), called: "a picture")
        #expect(picture.width == ContactSheet.margin + 3 * (32 + ContactSheet.margin))
        #expect(directory.names(in: "workspace/checkpoints").count == 1)
        #expect(directory.names(in: "workspace/chunks").isEmpty)

        let film = try run(
            try Programs.nuwa, ["render", script.path, "-o", directory.file("walk.mp4").path] + options,
            log: directory.file("log"))
        #expect(film.status == 0)
        #expect(film.text.contains("1 were there already"))
    }

    @Test("A film looks the same with fewer instructions than the processor has, and is another film to the workspace")
    func instructions() throws {
        let directory = try TemporaryDirectory()
        let script = try directory.write("frames 10\nf0 Pim walks.\n", to: "walk.nuwa")
        func film(_ limit: String?) throws -> [Image] {
            let file = directory.file("\(limit ?? "all").mp4")
            let (status, text) = try run(
                try Programs.nuwa,
                [
                    "render", script.path, "-o", file.path, "--model", Fixtures.tinyModel.path, "--precision", "f32",
                    "--workspace", directory.file("workspace").path,
                ],
                environment: limit.map { ["ONEDNN_MAX_CPU_ISA": $0] } ?? [:], log: directory.file("log"))
            #expect(status == 0 && !text.contains("were there already"), "\(text)")
            let reader = try VideoReader(file)
            return try (0..<10).map { try #require(try reader.frame($0)) }
        }
        let all = try film(nil)
        for limit in ["SSE41", "AVX2", "AVX512_CORE"] {
            for (a, b) in zip(try film(limit), all) {
                let difference = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
                #expect(Double(difference) / Double(a.pixels.count) < 1, "\(limit)")
            }
        }
        let doctor = try run(
            try Programs.nuwa, ["doctor", "--root", directory.url.path, "--json"],
            environment: ["ONEDNN_MAX_CPU_ISA": "AVX2"], log: directory.file("doctor"))
        #expect(doctor.text.contains("AVX2, "))
    }

    @Test("doctor says what nuwad will find, and status what a running one computes with")
    func doctor() throws {
        let daemon = try Daemon()
        let report = try daemon.control("doctor", "--json")
        #expect(report.status == 0, "\(report)")
        let checks = try JSONDecoder().decode([String: [Check]].self, from: Data(report.output.utf8))["checks"] ?? []
        #expect(
            checks.map(\.name) == [
                "processor", "limits", "memory", "spool", "state", "films", "inotify", "model", "speed",
            ])
        let speed = try #require(checks.last)
        #expect(speed.text.hasPrefix("226 frames in about ") && speed.text.contains("with 2 workers"))
        #expect(checks.first { $0.name == "model" }?.text.hasPrefix("tiny in ") == true)

        try daemon.start()
        let status = try daemon.control("status").output
        let instructions = try #require(
            status.split(separator: "\n").first { $0.hasPrefix("workers") }?.split(separator: ", on ").last)
        #expect(checks[0].text.contains(", \(instructions), "))

        try daemon.configure(model: "absent")
        let absent = try daemon.control("doctor")
        #expect(absent.status == 1)
        #expect(absent.output.contains("model      bad: no model \"absent\""))
        #expect(absent.output.contains("help: install nuwa-model-cartoon"))
    }

    private struct Check: Decodable {
        let name: String
        let text: String
    }
}
