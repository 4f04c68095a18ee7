import Foundation
import TestSupport
import Testing
import Video

/// The way of a script through nuwad, with real processes and the tiny model.
@Suite(.serialized) struct DropTests {
    /// What a film says of itself in its `comment`, as far as it is looked at here.
    private struct Provenance: Decodable {
        struct Model: Decodable {
            let name: String
            let hash: String
        }

        let name: String
        let script: String
        let model: Model
        let seed: UInt64
        let frames: Int
    }

    private static let picnic = """
        # A picnic by the cave
        seed 42
        frames 226
        fps 24
        0:00 Morning. Pim walks to the right across the meadow.
        50% Noon. Lulu sits by the cave.
        f170 Night falls. All wave.

        """

    @Test("A script renamed into the spool becomes a film that says what it was made from, and every command agrees")
    func film() throws {
        let daemon = try Daemon()
        try daemon.start()
        let watch = try daemon.startControl("watch", "--json")
        try daemon.drop(Self.picnic, as: "picnic.nuwa")
        try daemon.waitForFilm()
        #expect(try watch.status() == 0)

        let film = daemon.filmURL(of: "picnic")
        let facts = try Film.probe(film)
        #expect(facts.frames == 226)
        #expect(facts.fps == 24)
        #expect(facts.width == 32 && facts.height == 32)
        let comment = try #require(facts.comment)
        let provenance = try JSONDecoder().decode(Provenance.self, from: Data(comment.utf8))
        #expect(provenance.script == Self.picnic)
        #expect(provenance.name == "picnic.nuwa")
        #expect(provenance.seed == 42)
        #expect(provenance.frames == 226)
        #expect(provenance.model.name == "tiny")
        #expect(provenance.model.hash.wholeMatch(of: /[0-9a-f]{64}/) != nil)

        #expect(daemon.directory.names(in: "var/spool/nuwa/accepted") == ["picnic.nuwa"])
        #expect(daemon.directory.names(in: "var/spool/nuwa") == ["accepted", "rejected"])
        #expect(daemon.directory.names(in: "var/lib/nuwa/films") == ["picnic-1.mp4"])

        var shown = try daemon.show("picnic")
        #expect(shown.script == Self.picnic)
        #expect(shown.state == "done")
        #expect(shown.film == film.path)
        #expect(shown.fraction == 1)
        #expect(shown.depths.map(\.done) == shown.depths.map(\.segments))
        #expect(shown.depths.map(\.segments).reduce(0, +) == daemon.work.made.count)
        shown.script = nil
        #expect(try daemon.list() == [shown])
        let status = try daemon.status()
        #expect(status.source == "daemon")
        #expect(status.daemon?.pid == daemon.program?.pid)
        #expect(status.daemon?.model.name == "tiny")
        #expect(status.counts["done"] == 1)
        #expect(status.jobs == [])

        // Each line of the watch is a job, and the work that it tells of only grows.
        let lines = try watch.text.split(separator: "\n").map {
            try JSONDecoder().decode(Told.Job.self, from: Data($0.utf8))
        }
        #expect(lines.last?.state == "done")
        #expect(lines.map(\.fraction) == lines.map(\.fraction).sorted())
    }

    @Test("A bad script is rejected with what nuwactl check says of it, and the daemon goes on")
    func rejected() throws {
        let daemon = try Daemon()
        try daemon.start()
        let bad = "lenght 2s\nf0 Pim walks.\n"
        try daemon.drop(bad, as: "bad.nuwa")
        try daemon.wait(for: "the rejection") {
            daemon.directory.names(in: "var/spool/nuwa") == ["accepted", "rejected"]
        }
        #expect(daemon.directory.names(in: "var/spool/nuwa/rejected") == ["bad.nuwa", "bad.nuwa.error.txt"])
        let explanation = try String(
            contentsOf: daemon.directory.file("var/spool/nuwa/rejected/bad.nuwa.error.txt"), encoding: .utf8)
        let check = try daemon.control("check", daemon.directory.write(bad, to: "bad.nuwa").path)
        #expect(check.status == 1)
        #expect(check.output.isEmpty)
        #expect(check.errors.contains("bad.nuwa:1:1: error: 'lenght' is not a setting"))
        #expect(check.errors.contains("help: did you mean 'length'?"))
        #expect(explanation.contains(check.errors.trimmingCharacters(in: .newlines)))

        let foreign = "model other\nframes 4\nf0 Pim walks.\n"
        try daemon.drop(foreign, as: "foreign.nuwa")
        let report = daemon.directory.file("var/spool/nuwa/rejected/foreign.nuwa.error.txt")
        try daemon.wait(for: "the second rejection") { FileManager.default.fileExists(atPath: report.path) }
        let verdict = try daemon.control("check", daemon.directory.write(foreign, to: "foreign.nuwa").path)
        #expect(verdict.status == 1)
        #expect(verdict.errors.contains("this nuwad renders with the model \"tiny\", not \"other\""))
        #expect(
            try String(contentsOf: report, encoding: .utf8)
                .contains(verdict.errors.trimmingCharacters(in: .newlines)))

        let part = daemon.directory.file("var/spool/nuwa/.latin.part")
        try Data([0x66, 0x30, 0x20, 0xE4]).write(to: part)
        try FileManager.default.moveItem(at: part, to: daemon.directory.file("var/spool/nuwa/latin.nuwa"))
        let latin = daemon.directory.file("var/spool/nuwa/rejected/latin.nuwa.error.txt")
        try daemon.wait(for: "the third rejection") { FileManager.default.fileExists(atPath: latin.path) }
        #expect(
            try String(contentsOf: latin, encoding: .utf8)
                .contains("latin.nuwa:1:4: error: the byte 0xE4 is not UTF-8"))

        try daemon.drop("seed 1\nframes 4\nf0 Pim wlaks.\n")
        try daemon.waitForFilm()
        #expect(try daemon.list().map(\.name) == ["walk.nuwa"])
        #expect(daemon.log.contains("the model does not know the word 'wlaks'"))
        #expect(
            try daemon.control("show", "walk").output
                .contains("line 3: the model does not know the word 'wlaks'; did you mean 'walks'"))
    }

    @Test("A script without a seed gives the film that nuwa render gives, and an edit renders only what it touched")
    func seed() throws {
        func script(nightAt frame: Int) -> String {
            "frames 82\nfps 12\nf0 Pim walks across the meadow.\nf\(frame) Night falls by the cave.\n"
        }
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop(script(nightAt: 41))
        try daemon.waitForFilm(1)
        #expect(daemon.film(1) == (try Daemon.rendered(script(nightAt: 41))))
        #expect(daemon.work.made.count == 1 + 3 + 9 + 27)

        // Frame 40 alone changes, and no keyframe has it: one segment of the finest depth.
        try daemon.drop(script(nightAt: 40))
        try daemon.waitForFilm(2)
        #expect(daemon.work.made.filter { $0.hasPrefix("2/") } == ["2/d3s013"])
        #expect(daemon.film(2) == (try Daemon.rendered(script(nightAt: 40))))
        #expect(try daemon.list().map(\.seed) == [0, 0])
    }

    @Test("With films.sheet a contact sheet lies beside each film")
    func sheet() throws {
        let daemon = try Daemon()
        try daemon.configure(model: "tiny", "[films]\nsheet = true")
        try daemon.start()
        try daemon.drop("frames 4\nf0 Pim walks.\n")
        try daemon.waitForFilm()
        #expect(daemon.directory.names(in: "var/lib/nuwa/films") == ["walk-1.mp4", "walk-1.png"])
    }

    @Test("Subtitles are dropped as they are, and give the film of the script that nuwactl import prints")
    func subtitles() throws {
        let subtitles =
            "1\r\n00:00:00,000 --> 00:00:01,000\r\n<i>Pim</i> walks.\r\n\r\n"
            + "2\r\n00:00:01,000 --> 00:00:02,000\r\nPim wlaks.\r\n"
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop(subtitles, as: "walk.srt")
        try daemon.waitForFilm(1)
        #expect(daemon.log.contains("walk.srt:3:1: warning: '<i>' says how text looks, which means nothing here"))
        let shown = try daemon.control("show", "walk").output
        #expect(shown.contains("line 7: the model does not know the word 'wlaks'"))

        let imported = try daemon.control("import", daemon.directory.write(subtitles, to: "walk.srt").path)
        #expect(imported.status == 0)
        #expect(imported.output == "length 0:02\nfps 24\n\n0:00   Pim walks.\n0:01   Pim wlaks.\n")
        let other = daemon.directory.file("imported.mp4")
        try Daemon.rendered(imported.output).write(to: other)
        let readers = try [VideoReader(daemon.filmURL()), VideoReader(other)]
        for frame in 0..<48 { #expect(try readers[0].frame(frame) == readers[1].frame(frame), "frame \(frame)") }
        #expect(try readers.map { try $0.frameCount() } == [48, 48])
    }
}
