import Scripts

/// What stands in a file and has no meaning for nuwa. Of each kind its author is warned once, where it stands first, with the other
/// lines that have it: a file of a thousand subtitles in italics deserves one warning.
struct Ignored {
    enum Kind: CaseIterable {
        case styling, tag, position, voice, block, reference, joined, instant, silence, overlap, empty
        case negative, weight, expression, choice, network, composition, setting, beyond, replaced, outside
    }

    /// Other lines that a warning names.
    private static let named = 8

    private var found: [Kind: [SourcePlace]] = [:]

    mutating func note(_ kind: Kind, at place: SourcePlace) { found[kind, default: []].append(place) }

    func report(to draft: inout ScriptDraft) {
        for kind in Kind.allCases {
            guard let places = found[kind],
                let place = places.min(by: { ($0.line, $0.column) < ($1.line, $1.column) })
            else { continue }
            let text = String(place.text.dropFirst(place.column - 1).prefix(place.length))
            draft.warning(at: place, kind.message(text) + Self.further(places, than: place), kind.remedy)
        }
    }

    /// ` (also in lines 4, 9 and 12)`; nothing where it stands once.
    private static func further(_ places: [SourcePlace], than first: SourcePlace) -> String {
        guard places.count > 1 else { return "" }
        let lines = Set(places.map(\.line)).subtracting([first.line]).sorted()
        switch lines.count {
        case 0: return " (\(places.count) times in this line)"
        case 1: return " (also in line \(lines[0]))"
        case ...named: return " (also in lines \(list(lines.dropLast())) and \(lines[lines.count - 1]))"
        default: return " (also in lines \(list(lines.prefix(named))) and \(lines.count - named) more)"
        }
    }

    private static func list(_ lines: some Sequence<Int>) -> String { lines.map(String.init).joined(separator: ", ") }
}

extension Ignored.Kind {
    fileprivate func message(_ text: String) -> String {
        switch self {
        case .styling: "'\(text)' says how text looks, which means nothing here"
        case .tag: "'\(text)' is a tag that WebVTT does not know, which no player shows"
        case .position: "'\(text)' says where text is shown, which means nothing here"
        case .voice: "'\(text)' says who speaks; a prompt says what is to be seen"
        case .block: "'\(text)' says how text looks, which means nothing here"
        case .reference: "'\(text)' is a reference to a character that nuwa does not know"
        case .joined: "there is no blank line above the subtitle of '\(text)'"
        case .instant: "'\(text)' ends as it begins, so nothing of it is seen"
        case .silence: "nothing is shown for a while before '\(text)', but a film always shows something"
        case .overlap: "'\(text)' begins before another subtitle has ended"
        case .empty: "there is no text at '\(text)'"
        case .negative: "'\(text)': what a film must not show cannot be said here"
        case .weight: "'\(text)': words have no weights here"
        case .expression: "'\(text)' is an expression; a prompt here is the same for all of its frames"
        case .choice: "'\(text)' leaves a choice, which nuwa never makes: one script gives one film"
        case .network: "'\(text)' names a network to be added to the model, which means nothing here"
        case .composition: "'\(text)' blends prompts; here each frame has one"
        case .setting: "the setting '\(text)' means nothing here"
        case .beyond: "'\(text)' is beyond the end of the film"
        case .replaced: "'\(text)' comes to the same frame as another prompt"
        case .outside: "'\(text)' stands outside of the brackets"
        }
    }

    fileprivate var remedy: String {
        switch self {
        case .styling, .weight: "it is left out; the words in it are kept"
        case .tag: "it is left out; write its words without '<' and '>' to have them in the prompt"
        case .position, .block, .network, .setting, .instant: "it is left out"
        case .reference: "it stays as it is; write the character itself: the file is UTF-8"
        case .joined: "it is read as one of its own; write a blank line above it"
        case .voice: "it is left out; say in the prompt who is there"
        case .silence: "the prompt before it holds until then"
        case .overlap: "it takes the place of the other"
        case .empty: "the prompt before it holds on"
        case .negative: "it is left out; say what is to be seen instead"
        case .expression: "it is left out; let a second prompt say what changes"
        case .choice: "the first is taken"
        case .composition: "the words are kept as one prompt"
        case .beyond: "it is left out; make the film longer to see it"
        case .replaced: "the last one of them is used"
        case .outside: "it is left out, since a prompt begins at 0s already; write it into each of the brackets"
        }
    }
}
