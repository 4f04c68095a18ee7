import Diffusion
import Digest
import Encoding
import Foundation
@testable import Models
@testable import Pictures
import Rendering
import Plans
import Scripts
import Testing
import TestSupport
import Video

@Suite struct FilmTests {
    @Test("A film has the same bytes, whether 1, 2 or 4 workers made it")
    func workers() throws {
        let films = try [1, 2, 4].map { workers in
            let studio = try Studio()
            try studio.render(studio.job(), workers: workers)
            return try #require(studio.film("film.mp4"))
        }
        #expect(films[0] == films[1])
        #expect(films[0] == films[2])
    }

    @Test(
        "A film has the storyboard's frames at the script's rate, in the model's size",
        arguments: [2, 4, 5, 10, 11, 27])
    func facts(frames: Int) throws {
        let studio = try Studio()
        try studio.render(studio.job("frames \(frames)\nfps 12\nf0 Pim walks."))
        let facts = try Film.probe(studio.directory.file("film.mp4"))
        #expect(facts.frames == frames)
        #expect(facts.fps == 12)
        #expect(facts.width == studio.model.configuration.video.width)
        #expect(facts.height == studio.model.configuration.video.height)
    }

    @Test("A film whose segments are shorter than the model's longest is made, and found again")
    func shortSegments() throws {
        let studio = try Studio(shortestSegment: 3)
        let job = try studio.job("frames 5\nfps 12\nf0 Pim walks.\nf3 Night falls.")
        #expect(job.plan.segmentFrames == 3 && job.plan.depths == 2)
        let recorder = try studio.render(job)
        #expect(recorder.finished(reused: false).count == 3)
        #expect(!recorder.events().contains { if case .lost = $0 { true } else { false } })
        #expect(try Film.probe(studio.directory.file("film.mp4")).frames == 5)
        let keyframes = try Keyframes(model: studio.model, workspace: Workspace(studio.workspace))
            .pictures(of: job, version: "test")
        #expect(keyframes.map(\.frame) == [0, 2, 4])
        let again = try studio.render(studio.job(job.script, output: "again.mp4"))
        #expect(again.finished(reused: true).count == 3)
        #expect(studio.film("again.mp4") == studio.film("film.mp4"))
    }

    @Test("A film says in its comment what it was made from")
    func provenance() throws {
        let studio = try Studio()
        try studio.render(studio.job())
        let comment = try #require(try Film.probe(studio.directory.file("film.mp4")).comment)
        let provenance = try Provenance(comment: comment)
        #expect(provenance.nuwa == "test")
        #expect(provenance.name == "walk.nuwa")
        #expect(provenance.script == Studio.walk)
        #expect(provenance.scriptHash == SHA256.hex(of: Studio.walk))
        #expect(provenance.model.name == studio.model.configuration.name)
        #expect(provenance.model.hash == studio.model.hash)
        #expect(provenance.seed == 7)
        #expect(provenance.frames == 28)
        #expect(provenance.fps == 12)
        #expect(provenance.sampling.steps.count == 3)
        #expect(provenance.encoder != nil && provenance.encoding == .standard)
    }

    @Test("A film made again by another version, with the comment that it had, has the same bytes")
    func again() throws {
        let studio = try Studio()
        try studio.render(studio.job())
        let comment = try #require(try Film.probe(studio.directory.file("film.mp4")).comment)
        let older = comment.replacing("\"nuwa\":\"test\"", with: "\"nuwa\":\"older\"")
        let job = try studio.job(output: "older.mp4", comment: older)
        try studio.render(job)
        #expect(try Film.probe(studio.directory.file("older.mp4")).comment == older)
        try studio.render(studio.job(output: "again.mp4", comment: comment))
        #expect(studio.film("again.mp4") == studio.film("film.mp4"))
    }

    @Test("A sheet of the film is there before the film itself, with its first frame on it")
    func sheet() throws {
        let studio = try Studio()
        let (film, sheet) = (studio.directory.file("film.mp4"), studio.directory.file("film.png"))
        // A directory in the film's place keeps it from appearing.
        try FileManager.default.createDirectory(at: film, withIntermediateDirectories: true)
        try studio.render(studio.job(sheet: "film.png"))
        #expect(FileManager.default.fileExists(atPath: sheet.path))
        try FileManager.default.removeItem(at: film)
        try studio.render(studio.job(sheet: "film.png"))
        let drawn = try Image(png: Data(contentsOf: sheet), called: "a picture")
        let first = try #require(try VideoReader(film).next())
        let corner = ContactSheet(columns: 6, title: "a film").corner(of: 0)
        for y in 0..<first.height {
            func row(_ y: Int, from x: Int, of image: Image) -> ArraySlice<UInt8> {
                image.pixels[(y * image.width + x) * 3..<(y * image.width + x + first.width) * 3]
            }
            #expect(row(corner.top + y, from: corner.left, of: drawn).elementsEqual(row(y, from: 0, of: first)))
        }
    }

    @Test("What keeps a film from being made again with the same bytes is named: model, arithmetic, encoder, script")
    func obstacles() throws {
        let studio = try Studio()
        let here = try Provenance(
            job: studio.job(), configuration: studio.model.configuration, network: NetworkIdentity(model: studio.model),
            encoding: .standard, version: "newer")
        #expect(here.obstacles(here: here) == [])
        func changed(_ from: String, _ to: String) throws -> Provenance {
            let json = String(decoding: try JSONEncoder().encode(here), as: UTF8.self)
            #expect(json.contains(from))
            return try Provenance(comment: json.replacing(from, with: to))
        }
        let arithmetic = here.arithmetic
        for (from, to, words) in [
            (here.model.hash, "0123456789abcdef", "model: the film was made by tiny 0123456789ab…"),
            ("\"precision\":\"f32\"", "\"precision\":\"bf16\"", "precision: the film was made by bf16, here it is f32"),
            (arithmetic, "oneDNN 1.0 sse", "arithmetic: the film was made by oneDNN 1.0 sse, here it is \(arithmetic)"),
            ("\"preset\":\"medium\"", "\"preset\":\"fast\"", "encoder: the film was made by an encoder for"),
            ("\"frames\":28", "\"frames\":29", "script: the film has 29 frames at 12 fps, the script now gives 28"),
            ("\"format\":1", "\"format\":7", "the networks' code: the film was made by version 7"),
        ] {
            let obstacles = try changed(from, to).obstacles(here: here)
            #expect(obstacles.contains { $0.hasPrefix(words) }, "\(obstacles)")
        }
        // Another version of nuwa alone changes nothing.
        #expect(try changed("newer", "older").obstacles(here: here) == [])
    }

    @Test("A script too long for a film's comment is told by its hash alone")
    func longScript() throws {
        let studio = try Studio()
        let script =
            "frames 4\n" + String(repeating: "# \(String(repeating: "~", count: 500))\n", count: 140) + "f0 Pim.\n"
        try studio.render(studio.job(script))
        let comment = try #require(try Film.probe(studio.directory.file("film.mp4")).comment)
        let provenance = try Provenance(comment: comment)
        #expect(provenance.script == nil)
        #expect(provenance.scriptHash == SHA256.hex(of: script))
    }

    @Test("Another seed gives another film")
    func seed() throws {
        let other = Studio.walk.replacing("seed 7", with: "seed 8")
        let studio = try Studio()
        try studio.render(studio.job())
        try studio.render(studio.job(other, output: "other.mp4"))
        let frames = try ["film.mp4", "other.mp4"].map { name in
            let reader = try VideoReader(studio.directory.file(name))
            return try #require(try reader.next())
        }
        #expect(frames[0] != frames[1])
    }

    @Test("A film that is there is replaced only by a whole one, and nothing else is left beside it")
    func replacement() throws {
        let studio = try Studio()
        let output = try studio.directory.write("an older film", to: "film.mp4")
        let recorder = Recorder { _, event in
            if case .finished = event { #expect((try? Data(contentsOf: output)) == Data("an older film".utf8)) }
        }
        try studio.render(studio.job(), recorder)
        #expect(try Film.probe(output).frames == 28)
        #expect(studio.directory.names(in: "") == ["film.mp4", "workspace"])
    }

    @Test("A film's directory is made where it is missing")
    func newDirectory() throws {
        let studio = try Studio()
        try studio.render(studio.job(output: "films/of/mine/film.mp4"))
        #expect(studio.film("films/of/mine/film.mp4") != nil)
    }
}
