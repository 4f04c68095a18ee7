/// A word of a script that the model never saw.
package struct UnknownWord: Sendable, Equatable {
    package var word: String
    /// Where it stands first; `nil` for a storyboard not made from a script.
    package var place: SourcePlace?
    /// In how many places it stands.
    package var count: Int
    /// Words of the vocabulary that are spelt nearly like it, nearest first, at most three.
    package var suggestions: [String]
}

extension Storyboard {
    /// The words that are not in the vocabulary, each once, in the order of the script.
    ///
    /// Words are what the tokenizer sees: in small letters, runs of a-z, 0-9 and the apostrophe.
    package func unknownWords(vocabulary: Set<String>) -> [UnknownWord] {
        var order: [String] = []
        var found: [String: UnknownWord] = [:]
        for shot in shots {
            for (word, offset, length) in Self.words(of: shot.prompt) where !vocabulary.contains(word) {
                if found[word] != nil {
                    found[word]?.count += 1
                    continue
                }
                order.append(word)
                let place = shot.place.map {
                    SourcePlace(line: $0.line, column: $0.column + offset, length: length, text: $0.text)
                }
                found[word] = UnknownWord(
                    word: word, place: place, count: 1,
                    suggestions: order.count > Self.suggestedWords
                        ? [] : nearWords(to: word, among: vocabulary, count: 3))
            }
        }
        return order.compactMap { found[$0] }
    }

    /// A script in another language should not cost minutes of looking for near words.
    private static let suggestedWords = 100

    /// Warnings for a reader of the script: unknown words, and prompts in which the model finds no word at all.
    package func wordWarnings(vocabulary: Set<String>, name: String) -> [Diagnostic] {
        let unknown = unknownWords(vocabulary: vocabulary).compactMap { word in
            word.place.map { place in
                let times = word.count == 1 ? "" : " (\(word.count) times in this script)"
                let near = word.suggestions.map { "'\($0)'" }
                return Diagnostic(
                    severity: .warning, name: name, place: place,
                    message: "the model does not know the word '\(word.word)'\(times)",
                    remedy: near.isEmpty
                        ? "say it in other words; the model card lists what it knows"
                        : "did you mean \(near.joined(separator: " or "))?")
            }
        }
        let wordless = shots.compactMap { shot -> Diagnostic? in
            guard let place = shot.place, Self.words(of: shot.prompt).isEmpty else { return nil }
            return Diagnostic(
                severity: .warning, name: name, place: place, message: "the model can read nothing of this prompt",
                remedy: "write it in English words")
        }
        return (unknown + wordless).inReadingOrder
    }

    /// Words with their offset and length in characters.
    static func words(of prompt: String) -> [(word: String, offset: Int, length: Int)] {
        var words: [(word: String, offset: Int, length: Int)] = []
        var word = ""
        var start = 0
        func finish(at end: Int) {
            if !word.isEmpty { words.append((word, start, max(1, end - start))) }
            word = ""
        }
        for (offset, character) in prompt.enumerated() {
            // Scalar by scalar, as the tokenizer goes, although places are counted in characters.
            for scalar in character.lowercased().unicodeScalars {
                switch scalar {
                case "a"..."z", "0"..."9", "'":
                    if word.isEmpty { start = offset }
                    word.unicodeScalars.append(scalar)
                default:
                    finish(at: offset)
                }
            }
        }
        finish(at: prompt.count)
        return words
    }
}
