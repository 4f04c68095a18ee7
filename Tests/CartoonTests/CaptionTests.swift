import Testing

@testable import Cartoon

@Suite struct CaptionTests {
    /// Every caption of thirty episodes with the truth at its first frame.
    private let samples: [(caption: String, truth: Truth)] = (0..<30 as Range<UInt64>).flatMap { seed in
        let episode = Episode(seed: seed)
        return zip(episode.shots, episode.captions).flatMap { shot, texts in
            texts.map { ($0.text, episode.truth(at: shot.start + $0.start)) }
        }
    }

    @Test("A caption names the whole cast and nobody else, or says they, all or everyone")
    func cast() {
        var vague = 0
        for (caption, truth) in samples {
            let words = Set(Captions.words(in: caption))
            let named = Set(Character.allCases.filter { words.contains($0.rawValue.lowercased()) })
            if named.isEmpty {
                vague += 1
                #expect(!words.isDisjoint(with: ["they", "all", "everyone"]), "\(caption)")
            } else {
                #expect(named == Set(truth.characters.map(\.name)), "\(caption)")
            }
        }
        #expect(vague > 0 && vague * 20 < samples.count)
    }

    @Test("A caption that names its cast names the place and the weather, and no others")
    func surroundings() {
        let places: [Place: Set<String>] = [
            .meadow: ["meadow", "field", "old"], .forest: ["forest", "woods"], .desert: ["desert", "dunes"],
            .beach: ["beach", "sea", "shore"], .village: ["village", "town"], .cave: ["cave"],
        ]
        let weathers: [Weather: Set<String>] = [
            .rain: ["rain", "rains", "raining"], .snow: ["snow", "snows", "snowing"],
        ]
        for (caption, truth) in samples where namesSomebody(caption) {
            let words = Set(Captions.words(in: caption))
            let named = places.filter { !$0.value.isDisjoint(with: words) }.map(\.key)
            #expect(named == [truth.place], "\(caption)")
            let weather = weathers.filter { !$0.value.isDisjoint(with: words) }.map(\.key)
            #expect(weather == (truth.weather == .clear ? [] : [truth.weather]), "\(caption)")
        }
    }

    @Test("Time words are never wrong, and most captions have one")
    func time() {
        let times: [DayTime: Set<String>] = [
            .morning: ["morning", "dawn", "rises"], .noon: ["noon", "midday", "day"],
            .evening: ["evening", "dusk", "sunset", "sets"], .night: ["night", "moon", "moonlight"],
        ]
        var timed = 0
        for (caption, truth) in samples {
            let words = Set(Captions.words(in: caption))
            let named = times.filter { !$0.value.isDisjoint(with: words) }.map(\.key)
            #expect(named.isEmpty || named == [truth.time] || words.contains("sun"), "\(caption)")
            timed += named.isEmpty ? 0 : 1
        }
        #expect(timed * 10 > samples.count * 8)
    }

    @Test("A single character's caption tells its action and its direction")
    func actions() {
        let verbs: [Action: Set<String>] = [
            .walk: ["walks", "walking", "goes", "strolls", "strolling"],
            .jump: ["jumps", "jumping", "hops", "hopping"],
            .wave: ["waves", "waving"], .sit: ["sits", "sitting", "rests", "resting"],
            .stand: ["stands", "standing", "waits", "waiting"],
        ]
        for (caption, truth) in samples where truth.characters.count == 1 {
            let words = Set(Captions.words(in: caption))
            let figure = truth.characters[0]
            #expect(verbs.filter { !$0.value.isDisjoint(with: words) }.map(\.key) == [figure.action], "\(caption)")
            if figure.action == .walk { #expect(words.contains(figure.facing.rawValue), "\(caption)") }
        }
    }

    @Test("Captions use their whole vocabulary and no other word, and have at most thirty words")
    func vocabulary() {
        var used: Set<String> = []
        for (caption, _) in samples {
            let words = Captions.words(in: caption)
            #expect((2...Captions.longest).contains(words.count), "\(caption)")
            used.formUnion(words)
        }
        #expect(used.subtracting(Captions.vocabulary) == [])
        #expect(Set(Captions.vocabulary).subtracting(used) == [])
        #expect(Captions.vocabulary.count < 160)
    }

    @Test("Wording varies: most captions of an episode differ")
    func variety() {
        let texts = Episode(seed: 2).captions.flatMap { $0.map(\.text) }
        #expect(Set(texts).count * 10 > texts.count * 9)
    }

    @Test("Words are split as the tokenizer splits them")
    func words() {
        #expect(Captions.words(in: "Pim, Lulu's 2 hats — ÉTÉ!") == ["pim", "lulu's", "2", "hats", "t"])
    }

    @Test("Sentences begin with a capital letter, end with a full stop, and have no doubled marks")
    func punctuation() {
        for (caption, _) in samples {
            #expect(caption.hasSuffix(".") && caption.first?.isUppercase == true, "\(caption)")
            for wrong in ["..", ",,", ",.", ",;", ";.", "  ", " ,", " ."] {
                #expect(!caption.contains(wrong), "\(caption)")
            }
        }
    }

    private func namesSomebody(_ caption: String) -> Bool {
        Character.allCases.contains { caption.contains($0.rawValue) }
    }
}
