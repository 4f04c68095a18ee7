/// Words to numbers. A word that the vocabulary lacks becomes `<unknown>`; the empty prompt is `<start>` alone, which is
/// what classifier-free guidance falls back to.
package struct Tokenizer: Sendable {
    /// The first entries of every vocabulary.
    package static let special = ["<pad>", "<start>", "<unknown>"]
    static let start = 1
    static let unknown = 2

    package let vocabulary: Set<String>
    package let maxTokens: Int
    private let index: [String: Int]

    package init(vocabulary: [String], maxTokens: Int) {
        index = Dictionary(zip(vocabulary, vocabulary.indices), uniquingKeysWith: { first, _ in first })
        self.vocabulary = Set(vocabulary.dropFirst(Self.special.count))
        self.maxTokens = maxTokens
    }

    /// A prompt's words: lower case; runs of a-z, 0-9 and the apostrophe. Everything else separates.
    package static func words(_ text: String) -> [String] {
        text.lowercased().utf8
            .split { !(97...122).contains($0) && !(48...57).contains($0) && $0 != 39 }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// At most `maxTokens` numbers, the first of them `<start>`.
    package func tokens(_ prompt: String) -> [Int] {
        Array(([Self.start] + Self.words(prompt).map { index[$0] ?? Self.unknown }).prefix(maxTokens))
    }
}
