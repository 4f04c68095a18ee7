/// Words to numbers. A word that the vocabulary lacks becomes `<unknown>`; the empty prompt is `<start>` alone, which is
/// what classifier-free guidance falls back to.
package struct Tokenizer: Sendable {
    /// The first entries of every vocabulary.
    static let special = ["<pad>", "<start>", "<unknown>"]
    package static let start = 1
    package static let unknown = 2

    package let vocabulary: Set<String>
    package let maxTokens: Int
    private let index: [String: Int]

    package init(vocabulary: [String], maxTokens: Int) {
        index = Dictionary(zip(vocabulary, vocabulary.indices), uniquingKeysWith: { first, _ in first })
        self.vocabulary = Set(vocabulary.dropFirst(Self.special.count))
        self.maxTokens = maxTokens
    }

    /// At most `maxTokens` numbers, the first of them `<start>`.
    package func tokens(_ prompt: String) -> [Int] {
        Array(([Self.start] + Self.words(in: prompt).map { index[$0.text] ?? Self.unknown }).prefix(maxTokens))
    }

    /// The words at a prompt's end that the model never sees, because the prompt has more than fit beside `<start>`.
    package func cut(from prompt: String) -> [Word] {
        Array(Self.words(in: prompt).dropFirst(maxTokens - 1))
    }

    // MARK: Words

    /// A word of a prompt, and where it stands.
    package struct Word: Sendable, Equatable {
        /// In small letters.
        package var text: String
        /// Counted in characters of the prompt, as a reader sees them.
        package var range: Range<Int>
    }

    /// Whether a text is one word as prompts have them, in small letters.
    static func isWord(_ text: String) -> Bool { words(in: text).map(\.text) == [text] }

    /// A prompt's words: in small letters, runs of a-z, 0-9 and the apostrophe. Everything else separates.
    package static func words(in prompt: String) -> [Word] {
        var words: [Word] = []
        var word = ""
        var start = 0
        func finish(at end: Int) {
            if !word.isEmpty { words.append(Word(text: word, range: start..<max(start + 1, end))) }
            word = ""
        }
        var end = 0
        for character in prompt {
            // Scalar by scalar, as the PyTorch twin goes, although places are counted in characters.
            for scalar in character.lowercased().unicodeScalars {
                switch scalar {
                case "a"..."z", "0"..."9", "'":
                    if word.isEmpty { start = end }
                    word.unicodeScalars.append(scalar)
                default:
                    finish(at: end)
                }
            }
            end += 1
        }
        finish(at: end)
        return words
    }
}

extension ModelConfiguration.Text {
    package var tokenizer: Tokenizer { Tokenizer(vocabulary: vocabulary, maxTokens: maxTokens) }
}
