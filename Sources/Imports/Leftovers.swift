import Scripts

/// What stands in a file and has no meaning for nuwa. Of each kind its author is warned once, where it stands first, with how often
/// it stands there: a file of a thousand subtitles in italics deserves one warning.
struct Leftovers {
    enum Kind: CaseIterable {
        case styling, position, voice, block, silence, overlap, empty
        case negative, weight, expression, choice, network, composition, setting, beyond, replaced, outside
    }

    private var found: [Kind: (place: SourcePlace, count: Int)] = [:]

    mutating func note(_ kind: Kind, at place: SourcePlace) {
        found[kind, default: (place, 0)].count += 1
    }

    func report(to draft: inout ScriptDraft) {
        for kind in Kind.allCases {
            guard let (place, count) = found[kind] else { continue }
            let text = String(place.text.dropFirst(place.column - 1).prefix(place.length))
            let times = count == 1 ? "" : " (\(count) times in this file)"
            draft.warning(at: place, kind.message(text) + times, kind.remedy)
        }
    }
}

extension Leftovers.Kind {
    fileprivate func message(_ text: String) -> String {
        switch self {
        case .styling: "'\(text)' says how text looks, which means nothing here"
        case .position: "'\(text)' says where text is shown, which means nothing here"
        case .voice: "'\(text)' says who speaks; a prompt says what is to be seen"
        case .block: "'\(text)' says how text looks, which means nothing here"
        case .silence: "nothing is shown for a while before '\(text)', but a film always shows something"
        case .overlap: "'\(text)' begins before the subtitle above has ended"
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
        case .position, .block, .network, .setting: "it is left out"
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
