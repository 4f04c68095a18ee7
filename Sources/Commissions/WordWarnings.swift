package import Models
package import Scripts

/// A word of a script that the model never saw.
package struct UnknownWord: Sendable, Equatable {
    package var word: String
    /// Where it stands first.
    package var place: SourcePlace
    /// In how many places it stands.
    package var count: Int
    /// Words of the vocabulary that are spelt nearly like it, nearest first, at most three.
    var suggestions: [String]
}

extension Storyboard {
    /// Warnings for a reader of the script: words that the model does not know, words that it cuts off a long prompt, and prompts
    /// in which it finds no word at all.
    func wordWarnings(_ tokenizer: Tokenizer, name: String) -> [Diagnostic] {
        func warning(_ place: SourcePlace, _ message: String, _ remedy: String) -> Diagnostic {
            Diagnostic(severity: .warning, name: name, place: place, message: message, remedy: remedy)
        }
        let words = unknownWords(vocabulary: tokenizer.vocabulary)
        var unknown = words.prefix(Self.toldWords).map { word in
            let times = word.count == 1 ? "" : " (\(word.count) times in this script)"
            let near = word.suggestions.map { "'\($0)'" }
            return warning(
                word.place, "the model does not know the word '\(word.word)'\(times)",
                near.isEmpty
                    ? "say it in other words; the model card lists what it knows"
                    : "did you mean \(near.joined(separator: " or "))?")
        }
        if words.count > Self.toldWords {
            unknown.append(
                warning(
                    words[Self.toldWords].place,
                    "the model does not know this word, nor \(words.count - Self.toldWords - 1) more behind it",
                    "it reads English; the model card lists what it knows"))
        }
        let unread = shots.compactMap { shot -> Diagnostic? in
            let place = shot.place
            if Tokenizer.words(in: shot.prompt).isEmpty {
                return warning(place.start, "the model can read nothing of this prompt", "write it in English words")
            }
            let cut = tokenizer.cut(from: shot.prompt)
            guard let first = cut.first, let last = cut.last else { return nil }
            return warning(
                place.part(first.range.lowerBound..<last.range.upperBound),
                "the model reads only \(tokenizer.maxTokens - 1) words of a prompt; these are lost: "
                    + "'\(cut.map(\.text).joined(separator: " "))'",
                "say it in fewer words, or let a second prompt say the rest")
        }
        return (unknown + unread).inReadingOrder
    }

    /// The words that are not in the vocabulary, each once, in the order of the script.
    func unknownWords(vocabulary: Set<String>) -> [UnknownWord] {
        var order: [String] = []
        var found: [String: UnknownWord] = [:]
        for shot in shots {
            for word in Tokenizer.words(in: shot.prompt) where !vocabulary.contains(word.text) {
                if found[word.text] != nil {
                    found[word.text]?.count += 1
                    continue
                }
                order.append(word.text)
                found[word.text] = UnknownWord(
                    word: word.text, place: shot.place.part(word.range), count: 1,
                    suggestions: order.count > Self.toldWords
                        ? [] : nearWords(to: word.text, among: vocabulary, count: 3))
            }
        }
        return order.compactMap { found[$0] }
    }

    /// A script in another language should cost neither minutes of looking for near words nor a log of thousands of warnings.
    private static let toldWords = 100
}
