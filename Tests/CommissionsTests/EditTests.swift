import Commissions
import Models
import Plans
import TestSupport
import Testing

@Suite struct EditTests {
    private let model: ModelConfiguration
    /// 28 frames: keyframes 0, 9, 18 and 27.
    private static let script = "seed 7\nframes 28\nf0 Pim walks.\nf8 Noon.\nf12 Pim waves.\nf20 Night.\n"

    init() throws {
        model = try ModelDocument.read(in: Fixtures.tinyModel).document.configuration
    }

    private func edit(_ after: String, of before: String = script, seed: UInt64 = 7, takes: [Take] = []) throws -> Edit?
    {
        try Edit(
            Commission(after, name: "a.nuwa", model: model), of: Commission(before, name: "a.nuwa", model: model),
            seed: seed, takes: takes)
    }

    @Test("Keyframes whose prompts are the same stay; the others are made again, with the words of before told")
    func oneLine() throws {
        let edit = try #require(try edit(Self.script.replacing("Noon", with: "Evening")))
        let prompts = ["Pim walks.", "Noon.", "Pim waves.", "Night."]
        #expect(edit.takes == [Take(seed: 7, prompts: prompts), Take(seed: 7, keyframes: [1])])
        #expect(edit.kept == 3 && edit.keyframes == 4)
    }

    @Test("An edit of an edit keeps what both left as it was, and the seed that the job has by now")
    func again() throws {
        let first = try #require(try edit(Self.script.replacing("Noon", with: "Evening"), seed: 8))
        #expect(first.seed == 8)
        let second = try #require(
            try edit(
                Self.script.replacing("Noon", with: "Evening").replacing("Night", with: "Snow"),
                of: Self.script.replacing("Noon", with: "Evening"), seed: 8, takes: first.takes))
        let prompts = ["Pim walks.", "Evening.", "Pim waves.", "Night."]
        #expect(
            second.takes == [
                first.takes[0], Take(seed: 8, keyframes: [1], prompts: prompts), Take(seed: 8, keyframes: [3]),
            ])
    }

    @Test("A line that holds at no keyframe changes none of them")
    func between() throws {
        let edit = try #require(try edit(Self.script + "f22 Pim jumps.\n"))
        #expect(edit.takes.count == 2 && edit.takes[1].keyframes == [3])
        let more = Self.script.replacing("f12 Pim waves.", with: "f12 Pim waves.\nf13 Pim jumps.\nf14 Pim waves.")
        let inside = try #require(try self.edit(more))
        #expect(inside.takes.isEmpty && inside.kept == 4)
    }

    @Test("After too many edits upon each other a script is a film of its own")
    func tooMany() throws {
        func script(_ number: Int) -> String {
            Self.script.replacing("Noon.", with: String(repeating: "Noon \(number). ", count: 100))
        }
        var takes: [Take] = []
        var edits = 0
        while let edit = try edit(script(edits + 1), of: script(edits), takes: takes), edits < 100 {
            takes = edit.takes
            edits += 1
        }
        #expect((10..<40).contains(edits))
    }

    @Test("Nothing is taken over by another length, another seed, other words everywhere, or the same script")
    func none() throws {
        #expect(try edit(Self.script.replacing("frames 28", with: "frames 29")) == nil)
        #expect(try edit(Self.script.replacing("seed 7", with: "seed 8")) == nil)
        #expect(try edit("seed 7\nframes 28\nf0 Lulu sits.\n") == nil)
        #expect(try edit(Self.script) == nil)
    }
}
