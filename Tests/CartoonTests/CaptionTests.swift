import Models
import Testing

@testable import Cartoon

@Suite struct CaptionTests {
    /// Three wordings of every stretch of twelve episodes, with the truth at its first frame and at its last.
    private let samples: [(caption: String, truth: Truth, last: Truth)] = (0..<12 as Range<UInt64>).flatMap { seed in
        let episode = Episode(seed: seed)
        return episode.stretches.flatMap { stretch in
            (0..<3).map { wording in
                (
                    episode.caption(at: stretch.frames.lowerBound, wording: wording),
                    episode.truth(at: stretch.frames.lowerBound), episode.truth(at: stretch.frames.upperBound - 1)
                )
            }
        }
    }

    @Test("A caption names the whole cast and nobody else")
    func cast() {
        for (caption, truth, _) in samples {
            let words = Set(self.words(in: caption))
            let named = Set(CartoonCharacter.allCases.filter { words.contains($0.rawValue.lowercased()) })
            #expect(named == Set(truth.characters.map(\.name)), "\(caption)")
        }
    }

    @Test("What a caption tells holds in every frame of its stretch: the same cast does the same, the same way")
    func stretches() {
        for seed in 0..<12 as Range<UInt64> {
            let episode = Episode(seed: seed)
            for frame in 0..<episode.frames {
                let truth = episode.truth(at: frame)
                let first = episode.truth(at: episode.stretch(at: frame).lowerBound)
                #expect(truth.setup == first.setup)
                for (now, then) in zip(truth.characters, first.characters) {
                    #expect(now.name == then.name && now.action == then.action && now.facing == then.facing)
                }
            }
        }
    }

    @Test("Every walker's direction is told, and a direction that is told is some walker's or the camera's")
    func directions() {
        for (caption, truth, _) in samples {
            let words = Set(self.words(in: caption))
            for figure in truth.characters where figure.action == .walk {
                #expect(words.contains(figure.facing.rawValue), "\(caption)")
            }
        }
    }

    @Test("A side that is named is where somebody is, from the caption's first frame to its last")
    func sides() {
        for (caption, first, last) in samples {
            for (phrase, range) in [
                ("on the left", 0...0.37), ("in the middle", 0.39...0.61), ("on the right", 0.63...1),
            ]
            where caption.contains(phrase) {
                let there = zip(first.characters, last.characters).contains {
                    $0.action != .walk && range.contains($0.x) && range.contains($1.x)
                }
                #expect(there, "\(caption)")
            }
        }
    }

    @Test("A caption names the place and the weather, and no others")
    func surroundings() {
        let places: [Place: Set<String>] = [
            .meadow: ["meadow", "field", "old"], .forest: ["forest", "woods"], .desert: ["desert", "dunes"],
            .beach: ["beach", "sea", "shore"], .village: ["village", "town"], .cave: ["cave"],
        ]
        let weathers: [Weather: Set<String>] = [
            .rain: ["rain", "rains", "raining"], .snow: ["snow", "snows", "snowing"],
        ]
        for (caption, truth, _) in samples {
            let words = Set(self.words(in: caption))
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
        for (caption, truth, _) in samples {
            let words = Set(self.words(in: caption))
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
        for (caption, truth, _) in samples where truth.characters.count == 1 {
            let words = Set(self.words(in: caption))
            let figure = truth.characters[0]
            #expect(verbs.filter { !$0.value.isDisjoint(with: words) }.map(\.key) == [figure.action], "\(caption)")
            if figure.action == .walk { #expect(words.contains(figure.facing.rawValue), "\(caption)") }
        }
    }

    /// Every word that a caption can contain.
    private static let vocabulary: [String] = """
        a across again all along and are at back beach bo both boy bright by camera cave clear comes dark dawn day desert \
        dinosaur down dunes dusk early entrance evening face falling falls field forest friends front girl go goes \
        green hello here hop hopping hops houses in is it jump jumping jumps late left light lulu meadow meet meets middle \
        midday morning moves moon moonlight near night noon of old on over past pim rain raining rains red rest resting \
        rests right rises robot rok sand sea sets shines shore side sit sits sitting sky small snow snowing snows stand \
        standing stands stars still stroll strolling strolls sun sunset the they through to together town tree trees \
        two under up village wait waiting waits walk walking walks wave waves waving while woods yellow
        """.split(separator: " ").map(String.init)

    @Test("Captions use their whole vocabulary and no other word, and have at most thirty words")
    func vocabulary() {
        var used: Set<String> = []
        for (caption, _, _) in samples {
            let words = self.words(in: caption)
            #expect((2...Captions.longest).contains(words.count), "\(caption)")
            used.formUnion(words)
        }
        #expect(used.subtracting(Self.vocabulary) == [])
        #expect(Set(Self.vocabulary).subtracting(used) == [])
        #expect(Self.vocabulary.count < 160)
    }

    @Test("Wording varies: of eight wordings of a stretch, hardly two are the same")
    func variety() {
        let episode = Episode(seed: 2)
        for stretch in episode.stretches {
            let wordings = Set((0..<8).map { episode.caption(at: stretch.frames.lowerBound, wording: $0) })
            #expect(wordings.count >= 5, "\(wordings)")
        }
    }

    @Test("Sentences begin with a capital letter, end with a full stop, and have no doubled marks")
    func punctuation() {
        for (caption, _, _) in samples {
            #expect(caption.hasSuffix(".") && caption.first?.isUppercase == true, "\(caption)")
            for wrong in ["..", ",,", ",.", ",;", ";.", "  ", " ,", " ."] {
                #expect(!caption.contains(wrong), "\(caption)")
            }
        }
    }

    private func words(in caption: String) -> [String] { Tokenizer.words(in: caption).map(\.text) }
}
