import Scripts

/// Takes out of a prompt what other tools' prompts say beside words: `--neg`, weights as `(meadow:1.2)`, `[less]`, expressions in
/// backticks or braces, choices as `{a|b}`, networks as `<lora:name:0.8>`, and `AND`.
///
/// The words stay, each where it stood. One pass, whatever the nesting, so that a file made to be nasty costs no more than others.
struct PromptMarkup {
    let source: SourceText
    var ignored: Ignored

    /// Characters of markup that a prompt may have beside its words.
    static let longest = 4000

    /// An open parenthesis, bracket or brace.
    private struct Opening {
        let character: Character
        /// Its index in the text.
        let index: Int
        /// How long the result was then.
        let length: Int
    }

    mutating func plain(_ text: TracedText) -> TracedText {
        let text = withoutNegative(text)
        var result = TracedText()
        var openings: [Opening] = []
        var index = 0
        while index < text.count {
            let character = text.characters[index]
            if character == "\\", index + 1 < text.count, "()[]{}\\".contains(text.characters[index + 1]) {
                result.append(from: text, index + 1)
                index += 2
                continue
            }
            if let end = takenOut(at: index, of: text) {
                index = end
                continue
            }
            switch character {
            case "(", "[", "{":
                openings.append(Opening(character: character, index: index, length: result.count))
            case ")", "]", "}":
                if let opening = openings.popLast() { close(opening, at: index, of: text, &result) }
            default:
                result.append(from: text, index)
            }
            index += 1
        }
        for opening in openings { ignored.note(.weight, at: place(opening.index..<opening.index + 1, of: text)) }
        return result
    }

    private mutating func withoutNegative(_ text: TracedText) -> TracedText {
        let mark = Array("--neg")
        guard let start = text.characters.indices.first(where: { text.characters[$0...].starts(with: mark) }) else {
            return text
        }
        let rest = text.part(start..<text.count)
        ignored.note(.negative, at: rest.start(in: source))
        return text.part(0..<start)
    }

    /// The end of what begins there and is left out whole; nil where nothing such begins.
    private mutating func takenOut(at start: Int, of text: TracedText) -> Int? {
        let rest = text.characters[start...]
        switch text.characters[start] {
        case "`", "{":
            guard let end = endOfExpression(at: start, of: text) else { return nil }
            ignored.note(.expression, at: place(start..<end, of: text))
            return end
        case "<":
            let name = rest.dropFirst().prefix(while: \.isLetter)
            guard !name.isEmpty, name.endIndex < text.count, text.characters[name.endIndex] == ":",
                let end = rest.firstIndex(of: ">")
            else { return nil }
            ignored.note(.network, at: place(start..<end + 1, of: text))
            return end + 1
        case "A":
            guard isAND(start, of: text) else { return nil }
            ignored.note(.composition, at: place(start..<start + 3, of: text))
            return start + 3
        case ":":
            // The weight of a prompt that is blended: a number, or an expression that gives one.
            if let end = endOfExpression(at: start + 1, of: text) {
                ignored.note(.expression, at: place(start + 1..<end, of: text))
                return end
            }
            let number = rest.dropFirst().prefix { $0.isDigit || $0 == "." || $0 == "-" }
            guard isWeight(number, behind: start, of: text) else { return nil }
            ignored.note(.weight, at: place(start..<number.endIndex, of: text))
            return number.endIndex
        default: return nil
        }
    }

    /// nil where none begins there.
    private func endOfExpression(at start: Int, of text: TracedText) -> Int? {
        guard start < text.count else { return nil }
        let rest = text.characters[start...].dropFirst()
        switch text.characters[start] {
        case "`": return rest.firstIndex(of: "`").map { $0 + 1 } ?? text.count
        case "{":
            let content = rest.prefix(while: Self.isOfArithmetic)
            guard content.endIndex < text.count, text.characters[content.endIndex] == "}",
                Self.isExpression(String(content))
            else { return nil }
            return content.endIndex + 1
        default: return nil
        }
    }

    private func isAND(_ start: Int, of text: TracedText) -> Bool {
        text.characters[start...].starts(with: Array("AND")) && isBlank(start - 1, of: text)
            && isBlank(start + 3, of: text)
    }

    /// "a tree :0.5" anywhere; "a tree:0.5" at the end of what is blended, where it is no time as 5:30.
    private func isWeight(_ number: ArraySlice<Character>, behind colon: Int, of text: TracedText) -> Bool {
        guard !number.isEmpty, isBlank(number.endIndex, of: text) else { return false }
        if isBlank(colon - 1, of: text) { return true }
        let next = text.characters[number.endIndex...].firstIndex { !$0.isWhitespace }
        return Double(String(number)) != nil && !text.characters[colon - 1].isDigit
            && next.map { isAND($0, of: text) } ?? true
    }

    private func isBlank(_ index: Int, of text: TracedText) -> Bool {
        !text.characters.indices.contains(index) || text.characters[index].isWhitespace
    }

    /// Leaves of what stood in parentheses, brackets or braces its words.
    private mutating func close(_ opening: Opening, at end: Int, of text: TracedText, _ result: inout TracedText) {
        let content = result.part(opening.length..<result.count)
        let place = place(opening.index..<end + 1, of: text)
        let isOfBrackets = opening.character != "("
        if isOfBrackets, let alternatives = Self.alternatives(content, opening.character) {
            ignored.note(.choice, at: place)
            result.removeLast(content.count)
            result.append(alternatives.first { !$0.tidied.isEmpty } ?? TracedText())
        } else {
            ignored.note(.weight, at: place)
            let weight = content.characters.reversed().prefix { $0.isDigit || $0 == "." || $0 == "-" || $0 == " " }
                .count
            let colon = content.count - weight - 1
            if colon >= 0, content.characters[colon] == ":" { result.removeLast(weight + 1) }
        }
    }

    /// `{a|b}`, `[a|b]`, and `[from:to:when]`; nil for anything else.
    private static func alternatives(_ content: TracedText, _ opening: Character) -> [TracedText]? {
        let isChoice = content.characters.contains("|")
        guard isChoice || (opening == "[" && content.characters.contains(":")) else { return nil }
        var parts: [TracedText] = []
        var start = 0
        for index in 0...content.count
        where index == content.count || content.characters[index] == (isChoice ? "|" : ":") {
            parts.append(content.part(start..<index))
            start = index + 1
        }
        // "2::cat" is a choice with a weight before it.
        return parts
    }

    /// The names that expressions may have: the tools' own, then numexpr's functions, by which they compute them.
    private static let names: Set<String> = [
        "t", "s", "max_f", "pw_a", "pw_b", "pw_c", "pw_d", "pi",
        "where", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "arcsinh",
        "arccosh", "arctanh", "log", "log10", "log1p", "exp", "expm1", "sqrt", "abs", "floor", "ceil",
    ]

    private static func isOfArithmetic(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_+-*/%().,<>=!&|^~ ".contains(character))
    }

    /// Arithmetic with the names that the tools know, and no word beside them. `a|b` alone is a choice.
    private static func isExpression(_ text: String) -> Bool {
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
        guard !words.isEmpty, text.contains("(") || !text.contains("|") else { return false }
        return words.allSatisfy { $0.first?.isNumber == true || $0.first == "." || names.contains(String($0)) }
    }

    private func place(_ range: Range<Int>, of text: TracedText) -> SourcePlace { text.part(range).start(in: source) }
}
