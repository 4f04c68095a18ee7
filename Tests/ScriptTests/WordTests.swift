import Testing

@testable import Script

@Suite struct WordTests {
    private let vocabulary: Set<String> = ["pim", "pim's", "walks", "waves", "jumps", "meadow", "in", "the", "<pad>"]

    private func board(_ text: String) throws -> Storyboard {
        try Script.parse("frames 100\n" + text, name: "a.nuwa").script.storyboard()
    }

    @Test("Unknown words are told once, with place, number and near words")
    func unknown() throws {
        let unknown = try board("0:00  Pym wlaks in the Meadow.\nf9 Zorro walks; zorro's friend WAVES, Pym jumps.")
            .unknownWords(vocabulary: vocabulary)
        #expect(unknown.map(\.word) == ["pym", "wlaks", "zorro", "zorro's", "friend"])
        #expect(unknown.map { $0.place?.line } == [2, 2, 3, 3, 3])
        #expect(unknown.map { $0.place?.column } == [7, 11, 4, 17, 25])
        #expect(unknown.map { $0.place?.length } == [3, 5, 5, 7, 6])
        #expect(unknown.map(\.count) == [2, 1, 1, 1, 1])
        #expect(unknown.map(\.suggestions) == [["pim"], ["walks"], [], [], []])
    }

    @Test("Words are runs of a-z, 0-9 and the apostrophe, in small letters")
    func words() {
        let words = Storyboard.words(of: "Pim's 2 cafés—ROK.")
        #expect(words.map(\.word) == ["pim's", "2", "caf", "s", "rok"])
        #expect(words.map(\.offset) == [0, 6, 8, 12, 14])
        #expect(Storyboard.words(of: "ピムが歩く 👋").isEmpty)
        #expect(Storyboard.words(of: "e\u{301}").map(\.word) == ["e"])
    }

    @Test("Warnings name the word and what may have been meant")
    func warnings() throws {
        let warnings = try board("0:00 Pim wlaks.\nf9 ピムが歩く").wordWarnings(vocabulary: vocabulary, name: "a.nuwa")
        #expect(
            warnings.map { $0.rendered() } == [
                """
                a.nuwa:2:10: warning: the model does not know the word 'wlaks'
                  0:00 Pim wlaks.
                           ^^^^^
                help: did you mean 'walks'?
                """,
                """
                a.nuwa:3:4: warning: the model can read nothing of this prompt
                  f9 ピムが歩く
                     ^^^^^^^^^^
                help: write it in English words
                """,
            ])
    }

    @Test(
        "Distances count insertions, deletions, replacements and swaps",
        arguments: [
            ("walks", "walks", 0), ("wlaks", "walks", 1), ("walk", "walks", 1), ("walkss", "walks", 1),
            ("talks", "walks", 1), ("lenght", "length", 1), ("kitten", "mitted", 2), ("", "ab", 2),
        ])
    func distances(a: String, b: String, distance: Int) {
        #expect(editDistance(a, b, limit: 2) == distance)
        #expect(editDistance(b, a, limit: 2) == distance)
    }

    @Test("Distances beyond the limit are not told")
    func farWords() {
        #expect(editDistance("pim", "dinosaur", limit: 2) == nil)
        #expect(editDistance("abc", "xyz", limit: 2) == nil)
        #expect(nearWords(to: "bo", among: ["pim", "rok", "to", "bow", "b"], count: 2) == ["b", "bow"])
    }
}
