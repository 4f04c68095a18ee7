@testable import Models
import Scripts
import TestSupport
import Testing

@testable import Commissions

@Suite struct WordTests {
    private let vocabulary: Set<String> = ["pim", "pim's", "walks", "waves", "jumps", "meadow", "in", "the", "<pad>"]

    private func tokenizer(maxTokens: Int = 32) -> Tokenizer {
        Tokenizer(vocabulary: Tokenizer.special + vocabulary.sorted(), maxTokens: maxTokens)
    }

    private func board(_ text: String) throws -> Storyboard {
        try Script.parse("frames 100\n" + text, name: "a.nuwa").script.storyboard()
    }

    @Test("Unknown words are told once, with place, number and near words")
    func unknown() throws {
        let unknown = try board("0:00  Pym wlaks in the Meadow.\nf9 Zorro walks; zorro's friend WAVES, Pym jumps.")
            .unknownWords(vocabulary: vocabulary)
        #expect(unknown.map(\.word) == ["pym", "wlaks", "zorro", "zorro's", "friend"])
        #expect(unknown.map { $0.place.line } == [2, 2, 3, 3, 3])
        #expect(unknown.map { $0.place.column } == [7, 11, 4, 17, 25])
        #expect(unknown.map { $0.place.length } == [3, 5, 5, 7, 6])
        #expect(unknown.map(\.count) == [2, 1, 1, 1, 1])
        #expect(unknown.map(\.suggestions) == [["pim"], ["walks"], [], [], []])
    }

    @Test("Warnings name the word and what may have been meant")
    func warnings() throws {
        let warnings = try board("0:00 Pim wlaks.\nf9 ピムが歩く").wordWarnings(tokenizer(), name: "a.nuwa")
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

    @Test("A prompt that the model cuts is warned of, with the words that are lost and their place")
    func cut() throws {
        let warnings = try board("0:00 Pim walks in the Meadow, Pim waves.\nf9 Pim walks.")
            .wordWarnings(tokenizer(maxTokens: 6), name: "a.nuwa")
        #expect(
            warnings.map { $0.rendered() } == [
                """
                a.nuwa:2:31: warning: the model reads only 5 words of a prompt; these are lost: 'pim waves'
                  0:00 Pim walks in the Meadow, Pim waves.
                                                ^^^^^^^^^
                help: say it in fewer words, or let a second prompt say the rest
                """
            ])
    }

    @Test("Of very many unknown words the first hundred are told, and how many more there are")
    func many() throws {
        let text = (0..<65).map { "f\($0) x\(word($0)) y\(word($0))" }.joined(separator: "\n")
        let warnings = try board(text).wordWarnings(tokenizer(), name: "a.nuwa")
        #expect(warnings.count == 101)
        #expect(warnings.last?.message == "the model does not know this word, nor 29 more behind it")
        #expect(warnings.last?.line == 52)
    }

    /// A word of letters for a number.
    private func word(_ number: Int) -> String {
        String("\(number)".compactMap { $0.wholeNumberValue }.map { Array("abcdefghij")[$0] })
    }
}
