import Diffusion
import Digest
import Foundation
import Models
import RenderPlan
import Renderer
import Script
import TestSupport
import Testing
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
        #expect(facts.codec == "h264")
    }

    @Test("A film says in its comment what it was made from")
    func provenance() throws {
        let studio = try Studio()
        try studio.render(studio.job())
        let comment = try #require(try Film.probe(studio.directory.file("film.mp4")).comment)
        let provenance = try #require(Provenance(comment: comment))
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
    }

    @Test("A script too long for a film's comment is told by its hash alone")
    func longScript() throws {
        let studio = try Studio()
        let script =
            "frames 4\n" + String(repeating: "# \(String(repeating: "~", count: 500))\n", count: 140) + "f0 Pim.\n"
        try studio.render(studio.job(script))
        let comment = try #require(try Film.probe(studio.directory.file("film.mp4")).comment)
        let provenance = try #require(Provenance(comment: comment))
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
