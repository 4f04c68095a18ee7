import Testing

@testable import Diffusion

@Suite struct TokenizerTests {
    let tokenizer = Tokenizer(vocabulary: Tokenizer.special + ["pim", "walks", "don't", "42"], maxTokens: 5)

    @Test("Words are runs of a-z, 0-9 and the apostrophe, in lower case")
    func words() {
        #expect(Tokenizer.words("Pim WALKS; don't—42!\n été") == ["pim", "walks", "don't", "42", "t"])
        #expect(Tokenizer.words(" .,\t") == [])
    }

    @Test("A word that the vocabulary lacks is <unknown>, and a prompt begins with <start>")
    func tokens() {
        #expect(tokenizer.tokens("Pim flies") == [1, 3, 2])
        #expect(tokenizer.tokens("") == [1])
    }

    @Test("A prompt that is too long is cut")
    func long() { #expect(tokenizer.tokens("pim walks pim walks pim walks") == [1, 3, 4, 3, 4]) }

    @Test("The vocabulary holds the words and not the special tokens")
    func vocabulary() { #expect(tokenizer.vocabulary == ["pim", "walks", "don't", "42"]) }
}
