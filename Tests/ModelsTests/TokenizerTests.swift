import Testing

@testable import Models

@Suite struct TokenizerTests {
    let tokenizer = Tokenizer(vocabulary: Tokenizer.special + ["pim", "walks", "don't", "42"], maxTokens: 5)

    private func texts(_ prompt: String) -> [String] { Tokenizer.words(in: prompt).map(\.text) }

    @Test("Words are runs of a-z, 0-9 and the apostrophe, in lower case")
    func words() {
        #expect(texts("Pim WALKS; don't—42!\n été") == ["pim", "walks", "don't", "42", "t"])
        #expect(texts("Pim, Lulu's 2 hats — ÉTÉ!") == ["pim", "lulu's", "2", "hats", "t"])
        #expect(texts(" .,\t") == [])
    }

    @Test("Places are counted in characters, although words are split by scalars")
    func places() {
        let words = Tokenizer.words(in: "Pim's 2 cafés—ROK.")
        #expect(words.map(\.text) == ["pim's", "2", "caf", "s", "rok"])
        #expect(words.map(\.range) == [0..<5, 6..<7, 8..<11, 12..<13, 14..<17])
        #expect(Tokenizer.words(in: "ピムが歩く 👋").isEmpty)
        #expect(Tokenizer.words(in: "e\u{301}") == [Tokenizer.Word(text: "e", range: 0..<1)])
    }

    @Test("A word that the vocabulary lacks is <unknown>, and a prompt begins with <start>")
    func tokens() {
        #expect(tokenizer.tokens("Pim flies") == [1, 3, 2])
        #expect(tokenizer.tokens("") == [1])
    }

    @Test("A prompt that is too long is cut")
    func long() {
        #expect(tokenizer.tokens("pim walks pim walks pim walks") == [1, 3, 4, 3, 4])
        #expect(tokenizer.cut(from: "Pim walks. Pim walks. Pim walks.").map(\.range) == [22..<25, 26..<31])
        #expect(tokenizer.cut(from: "Pim walks. Pim walks.").isEmpty)
    }

    @Test("The vocabulary holds the words and not the special tokens")
    func vocabulary() { #expect(tokenizer.vocabulary == ["pim", "walks", "don't", "42"]) }
}
