/// Writes one caption of a scene from a small grammar.
struct CaptionWriter {
    let scene: CaptionScene
    var random: SplitMix64

    mutating func write() -> String {
        return random.pick(weighted: [
            (Form.timeSentence, 0.2), (.itIs, 0.2), (.timeLast, 0.17), (.timeFirst, 0.17), (.terse, 0.12),
            (.heading, 0.08),
            (.noTime, 0.06),
        ]).write(with: &self)
    }

    /// Always within the longest length.
    mutating func writeTersely() -> String {
        let actors = scene.actors.map {
            let way = $0.action == .walk ? " \($0.direction.rawValue)" : ""
            return "\($0.character.rawValue) \(verb($0.action, plural: false))\(way)"
        }
        let weather = scene.weather == .clear ? "" : ", \(scene.weather.rawValue)"
        return sentence("\(scene.time.rawValue), \(scene.place.rawValue)\(weather), \(actors.joined(separator: ", "))")
    }

    private enum Form {
        case timeSentence, itIs, timeLast, timeFirst, terse, heading, noTime

        func write(with writer: inout CaptionWriter) -> String {
            switch self {
            case .timeSentence: writer.timeSentence()
            case .itIs: writer.itIs()
            case .timeLast: writer.timeLast()
            case .timeFirst: writer.timeFirst()
            case .terse: writer.terse()
            case .heading: writer.heading()
            case .noTime: writer.noTime()
            }
        }
    }

    // MARK: Forms

    /// "Morning. Pim walks to the right across the meadow."
    private mutating func timeSentence() -> String {
        let opening: String
        switch scene.time {
        case .morning:
            opening = random.pick(["Morning", "Morning", "Early morning", "Dawn", "The sun rises", "It is morning"])
        case .noon:
            opening = random.pick(["Noon", "Noon", "Midday", "The sun shines", "It is noon", "A bright day", "Day"])
        case .evening: opening = random.pick(["Evening", "Evening", "Dusk", "Sunset", "The sun sets", "It is evening"])
        case .night:
            opening = random.pick([
                "Night", "Night", "Night falls", "Night falls", "The moon shines", "It is night", "Late night",
            ])
        }
        return finish([opening, weatherSentence(), clauses(place: true)])
    }

    /// "It is night in the village; Lulu waves and Rok the dinosaur jumps."
    private mutating func itIs() -> String {
        let time = timeWord()
        let spot = self.spot()
        let opening =
            scene.time == .night && random.chance(0.3)
            ? "night falls \(random.pick(["over", "on"])) \(noun())" : "it is \(time) \(spot)"
        if scene.weather != .clear && random.chance(0.5) {
            return finish(["\(opening) and it \(random.pick(rainsOrSnows))", clauses(place: false)])
        }
        if scene.weather != .clear { return finish([opening, weatherSentence(), clauses(place: false)]) }
        if random.chance(0.4) { return sentence("\(opening); \(clauses(place: false))") }
        return finish([opening, clauses(place: false)])
    }

    /// "Pim and Lulu sit by the cave at noon."
    private mutating func timeLast() -> String {
        let body =
            scene.actors.count > 1 && !scene.meeting && groups().count > 1
            ? clauses(place: true, placeLast: true) : clauses(place: true)
        if scene.weather == .clear { return sentence("\(body) \(timePhrase())") }
        if random.chance(0.6) { return sentence("\(body) \(weatherPhrase()) \(timePhrase())") }
        return finish(["\(body) \(timePhrase())", weatherSentence()])
    }

    /// "In the evening, snow falls on the forest. Bo the robot stands on the left."
    private mutating func timeFirst() -> String {
        if scene.weather != .clear {
            return finish(["\(timePhrase()), \(weatherOnPlace())", clauses(place: false)])
        }
        return sentence("\(timePhrase()), \(clauses(place: true))")
    }

    /// "Night, beach, Pim jumps."
    private mutating func terse() -> String {
        let place = random.pick(placeNouns)
        var parts = random.chance(0.85) ? [timeWord(), place] : [place]
        if random.chance(0.3) { parts.reverse() }
        if scene.weather != .clear { parts.append(scene.weather.rawValue) }
        if scene.meeting {
            parts.append(names(scene.actors) + " meet")
        } else {
            for group in groups() {
                var text = "\(names(group)) \(verb(group[0].action, plural: group.count > 1))"
                if group[0].action == .walk { text += " \(group[0].direction.rawValue)" }
                parts.append(text)
            }
        }
        return random.chance(0.5) ? sentence(parts.joined(separator: ", ")) : finish(parts)
    }

    /// "The village at night. Pim sits."
    private mutating func heading() -> String {
        let title = "\(noun()) \(timePhrase())"
        return finish([title, weatherSentence(), clauses(place: false)])
    }

    private mutating func noTime() -> String {
        if scene.weather == .clear { return sentence(clauses(place: true)) }
        return random.chance(0.5)
            ? sentence("\(clauses(place: true)) \(weatherPhrase())")
            : finish([weatherOnPlace(), clauses(place: false)])
    }

    // MARK: Clauses

    /// What everybody does, with the place in one of the clauses if asked for.
    private mutating func clauses(place: Bool, placeLast: Bool = false) -> String {
        var extra = ""
        if let returning = scene.returning, random.chance(0.12) {
            extra = ". \(returning.rawValue) \(random.pick(["is back", "comes back", "is here again"]))"
        } else if let pan = scene.pan, random.chance(0.35) {
            extra = ". The camera moves \(random.pick(["", "to the "]))\(pan.rawValue)"
        }
        if scene.meeting { return meeting(place: place) + extra }
        let groups = groups()
        if groups.count == 1, groups[0].count > 1, random.chance(0.3) {
            return allTogether(groups[0], place: place) + extra
        }
        var texts: [String] = []
        let placed = placeLast ? groups.count - 1 : 0
        for (number, group) in groups.enumerated() {
            texts.append(clause(group, place: place && number == placed))
        }
        switch texts.count {
        case 1: return texts[0] + extra
        case 2:
            let joint = random.pick([" and ", " while ", ", ", "; ", ". ", " and "])
            return texts.joined(separator: joint) + extra
        default:
            if random.chance(0.6) { return "\(texts[0]), \(texts[1]) and \(texts[2])" + extra }
            return texts.joined(separator: random.pick(["; ", ". "])) + extra
        }
    }

    private mutating func clause(_ group: [CaptionScene.Actor], place: Bool) -> String {
        let plural = group.count > 1
        let action = group[0].action
        let subject = subject(group)
        if action == .walk {
            let verb =
                random.chance(0.2) ? "\(plural ? "are" : "is") \(continuous(action))" : verb(action, plural: plural)
            let way = heading(to: group[0].direction)
            if !place { return "\(subject) \(verb) \(way)" }
            return random.chance(0.8) ? "\(subject) \(verb) \(way) \(path())" : "\(subject) \(verb) \(path()) \(way)"
        }
        var text: String
        if random.chance(0.22) {
            text = "\(subject) \(plural ? "are" : "is") \(continuous(action))"
        } else {
            text = "\(subject) \(verb(action, plural: plural))"
            switch action {
            case .jump where random.chance(0.15): text += " up and down"
            case .sit where text.hasSuffix("sit") || text.hasSuffix("sits"): if random.chance(0.15) { text += " down" }
            case .stand where !text.contains("wait") && random.chance(0.2): text += " still"
            case .wave where random.chance(0.12): text += " hello"
            default: break
            }
        }
        if plural && random.chance(0.15) { text += " together" }
        if !plural, let side = group[0].side, random.chance(place ? 0.2 : 0.45) { text += " \(phrase(for: side))" }
        if place { text += " \(spot())" }
        return text
    }

    /// "All wave: Pim, Lulu and Bo", "Pim and Lulu are by the cave. They sit".
    private mutating func allTogether(_ group: [CaptionScene.Actor], place: Bool) -> String {
        let action = group[0].action
        let verb = verb(action, plural: true) + (action == .walk ? " \(heading(to: group[0].direction))" : "")
        let names = names(group)
        let here = place ? " \(spot())" : ""
        switch random.index(below: place ? 3 : 2) {
        case 0:
            let who =
                group.count == 2
                ? random.pick(["the two friends", "they", "both", "all"]) : random.pick(["all", "they", "the friends"])
            return "\(who) \(verb)\(here): \(names)"
        case 1:
            return "\(names) \(group.count == 2 ? "both" : "all") \(verb)\(here)"
        default:
            return "\(names) are\(here). They \(verb)"
        }
    }

    private mutating func meeting(place: Bool) -> String {
        let pair = random.shuffled(scene.actors)
        let first = name(pair[0].character)
        let second = name(pair[1].character)
        let tree = scene.place == .meadow && (place || random.chance(0.5))
        let near = ["by", "by", "near", "at", "under"]
        var here = place ? " \(spot())" : ""
        if tree && random.chance(0.75) { here = " \(random.pick(near)) the old tree" }
        switch random.index(below: 4) {
        case 0, 1: return "\(first) meets \(second)\(here)"
        case 2: return "\(first) and \(second) meet\(here)"
        default: return "\(first) and \(second) stand face to face\(here)"
        }
    }

    /// Actors who do the same, in a mixed order.
    private mutating func groups() -> [[CaptionScene.Actor]] {
        var groups: [[CaptionScene.Actor]] = []
        for actor in random.shuffled(scene.actors) {
            let place = groups.firstIndex {
                $0[0].action == actor.action && (actor.action != .walk || $0[0].direction == actor.direction)
            }
            if let place { groups[place].append(actor) } else { groups.append([actor]) }
        }
        return groups
    }

    // MARK: Phrases

    private mutating func subject(_ group: [CaptionScene.Actor]) -> String {
        group.count == 1 ? name(group[0].character) : names(group)
    }

    private mutating func name(_ character: CartoonCharacter) -> String {
        guard random.chance(0.22) else { return character.rawValue }
        switch character {
        case .pim: return random.pick(["Pim the boy", "the boy Pim", "Pim, the small boy in red,"])
        case .lulu: return random.pick(["Lulu the girl", "the girl Lulu", "Lulu, the girl in yellow,"])
        case .rok: return random.pick(["Rok the dinosaur", "the dinosaur Rok", "the green dinosaur Rok"])
        case .bo: return random.pick(["Bo the robot", "the robot Bo"])
        }
    }

    private func names(_ group: [CaptionScene.Actor]) -> String {
        let names = group.map(\.character.rawValue)
        if names.count == 1 { return names[0] }
        return names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    }

    private mutating func verb(_ action: Action, plural: Bool) -> String {
        let stem: String
        switch action {
        case .walk: stem = random.pick(["walk", "walk", "walk", "walk", "go", "stroll"])
        case .jump: stem = random.pick(["jump", "jump", "jump", "hop"])
        case .wave: stem = "wave"
        case .sit: stem = random.pick(["sit", "sit", "sit", "sit", "rest"])
        case .stand: stem = random.pick(["stand", "stand", "stand", "wait"])
        }
        if plural { return stem }
        return stem == "go" ? "goes" : stem + "s"
    }

    private mutating func continuous(_ action: Action) -> String {
        switch action {
        case .walk: random.pick(["walking", "walking", "strolling"])
        case .jump: random.pick(["jumping", "jumping", "hopping"])
        case .wave: "waving"
        case .sit: random.pick(["sitting", "sitting", "resting"])
        case .stand: random.pick(["standing", "standing", "waiting"])
        }
    }

    private mutating func heading(to direction: Direction) -> String {
        random.chance(0.7) ? "to the \(direction.rawValue)" : direction.rawValue
    }

    private mutating func phrase(for side: CaptionScene.Side) -> String {
        switch side {
        case .left: random.pick(["on the left", "on the left", "on the left side"])
        case .middle: "in the middle"
        case .right: random.pick(["on the right", "on the right", "on the right side"])
        }
    }

    private var placeNouns: [String] {
        switch scene.place {
        case .meadow: ["meadow", "meadow", "meadow", "field"]
        case .forest: ["forest", "forest", "forest", "woods"]
        case .desert: ["desert", "desert", "desert", "dunes"]
        case .beach: ["beach", "beach", "beach", "shore"]
        case .village: ["village", "village", "village", "town"]
        case .cave: ["cave"]
        }
    }

    private mutating func noun() -> String {
        "the \(random.pick(placeNouns))"
    }

    /// Where somebody is.
    private mutating func spot() -> String {
        switch scene.place {
        case .meadow:
            random.pick([
                "in the meadow", "in the meadow", "on the meadow", "in the field", "by the old tree in the meadow",
            ])
        case .forest: random.pick(["in the forest", "in the forest", "in the woods", "under the trees of the forest"])
        case .desert: random.pick(["in the desert", "in the desert", "on the sand of the desert", "in the dunes"])
        case .beach: random.pick(["on the beach", "at the beach", "on the beach", "by the sea", "on the shore"])
        case .village: random.pick(["in the village", "in the village", "in the town", "by the houses of the village"])
        case .cave:
            random.pick([
                "by the cave", "by the cave", "near the cave", "in front of the cave", "at the entrance of the cave",
            ])
        }
    }

    /// Where somebody walks.
    private mutating func path() -> String {
        switch scene.place {
        case .meadow:
            random.pick([
                "across the meadow", "across the meadow", "through the meadow", "over the field", "in the meadow",
            ])
        case .forest: random.pick(["through the forest", "through the forest", "through the woods", "in the forest"])
        case .desert: random.pick(["across the desert", "through the desert", "over the dunes", "in the desert"])
        case .beach:
            random.pick(["along the beach", "across the beach", "along the sea", "along the shore", "on the beach"])
        case .village:
            random.pick(["through the village", "through the village", "across the village", "through the town"])
        case .cave: random.pick(["past the cave", "past the cave", "by the cave", "in front of the cave"])
        }
    }

    private mutating func timeWord() -> String {
        switch scene.time {
        case .morning: random.pick(["morning", "morning", "morning", "early morning", "dawn"])
        case .noon: random.pick(["noon", "noon", "noon", "midday"])
        case .evening: random.pick(["evening", "evening", "evening", "dusk", "sunset"])
        case .night: "night"
        }
    }

    private mutating func timePhrase() -> String {
        switch scene.time {
        case .morning: random.pick(["in the morning", "in the morning", "in the early morning", "at dawn"])
        case .noon: random.pick(["at noon", "at noon", "at midday", "in the light of midday"])
        case .evening: random.pick(["in the evening", "in the evening", "at dusk", "at sunset"])
        case .night:
            random.pick(["at night", "at night", "under the stars at night", "in the dark night", "in the moonlight"])
        }
    }

    private var rainsOrSnows: [String] {
        scene.weather == .rain ? ["rains", "is raining"] : ["snows", "is snowing"]
    }

    private mutating func weatherSentence() -> String {
        switch scene.weather {
        case .clear: random.chance(0.06) ? "The sky is clear" : ""
        case .rain: random.pick(["It rains", "It is raining", "Rain falls", "Rain"])
        case .snow: random.pick(["It snows", "It is snowing", "Snow falls", "Snow"])
        }
    }

    private mutating func weatherPhrase() -> String {
        "in the \(scene.weather.rawValue)"
    }

    private mutating func weatherOnPlace() -> String {
        let what = scene.weather.rawValue
        switch random.index(below: 3) {
        case 0: return "\(what) falls on \(noun())"
        case 1: return "\(what) is falling over \(noun())"
        default: return "it \(random.pick(rainsOrSnows)) \(spot())"
        }
    }

    // MARK: Punctuation

    private func sentence(_ text: String) -> String {
        finish([text])
    }

    /// Joins sentences, each with a capital letter in front and a full stop behind.
    private func finish(_ sentences: [String]) -> String {
        sentences.filter { !$0.isEmpty }.map { capitalizingSentences(tidied($0)) + "." }.joined(separator: " ")
    }

    /// An epithet in commas loses its second comma in front of other punctuation.
    private func tidied(_ text: String) -> String {
        var text = text
        for mark in [",", ";", ":", "."] { text = text.replacing(",\(mark)", with: mark) }
        return text.hasSuffix(",") ? String(text.dropLast()) : text
    }

    private func capitalized(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }

    private func capitalizingSentences(_ text: String) -> String {
        text.components(separatedBySentence: ". ").map(capitalized).joined(separator: ". ")
    }
}

extension String {
    fileprivate func components(separatedBySentence mark: String) -> [String] {
        split(separator: mark, omittingEmptySubsequences: false).map(String.init)
    }
}
