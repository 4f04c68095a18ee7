package import Models

/// What a prompt says of those whom a judge knows.
///
/// Prompts are read word by word: what is said of somebody comes after the name ("Pim and Lulu sit"), until something was said and another
/// is named ("Pim sits and Lulu waves"). Of two words for one thing the first counts. What is said before anybody is named is of the first
/// who are, as far as nothing else is said of them ("All wave: Pim and Bo"; but in "The sun goes down. Lulu sits" she does not go).
package struct Wish: Sendable, Equatable {
    /// By name, whether it is there.
    package private(set) var isNamed: [Bool]
    /// By name and trait, which alternative is said; nil where none is.
    package private(set) var said: [[Int?]]

    /// - Parameter wordsSeen: how many of the prompt's words the model sees
    package init(_ prompt: String, _ judge: ModelConfiguration.Judge, wordsSeen: Int) {
        let traits = judge.traits ?? []
        let names = judge.names.map { $0.lowercased() }
        isNamed = names.map { _ in false }
        said = names.map { _ in traits.map { _ in nil } }
        // Of whom the next word is; and those of whom the first was.
        var (group, first): ([Int], [Int]?) = ([], nil)
        var isToldOf = false
        var early: [(trait: Int, alternative: Int)] = []
        for word in Tokenizer.words(in: prompt).prefix(wordsSeen).map(\.text) {
            if let name = names.firstIndex(of: word) {
                if isToldOf {
                    first = first ?? group
                    (group, isToldOf) = ([], false)
                }
                isNamed[name] = true
                group.append(name)
                continue
            }
            for (number, trait) in traits.enumerated() {
                guard let alternative = trait.words.firstIndex(where: { $0.contains(word) }) else { continue }
                if group.isEmpty {
                    early.append((number, alternative))
                } else {
                    for name in group { say(number, alternative, of: name) }
                    isToldOf = true
                }
            }
        }
        for (trait, alternative) in early { for name in first ?? group { say(trait, alternative, of: name) } }
        for (number, trait) in traits.enumerated() {
            guard let only = trait.only else { continue }
            for name in names.indices where !Self.says(said[name], oneOf: only, traits) { said[name][number] = nil }
        }
    }

    private mutating func say(_ trait: Int, _ alternative: Int, of name: Int) {
        if said[name][trait] == nil { said[name][trait] = alternative }
    }

    private static func says(
        _ said: [Int?], oneOf words: [String], _ traits: [ModelConfiguration.Judge.Trait]
    ) -> Bool {
        zip(said, traits).contains { alternative, trait in
            alternative.map { !Set(trait.words[$0]).isDisjoint(with: words) } ?? false
        }
    }
}
