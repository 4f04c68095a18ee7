import Foundation
import Pictures
import Testing

@testable import Cartoon

@Suite struct EpisodeTests {
    @Test("The same seed gives the same captions, truth and pixels; another seed another story")
    func deterministic() throws {
        let first = Episode(seed: 11, frames: 600)
        let second = Episode(seed: 11, frames: 600)
        for frame in stride(from: 0, to: 600, by: 37) {
            #expect(first.record(at: frame) == second.record(at: frame))
            #expect(
                try first.image(at: frame, width: 160, height: 96) == second.image(at: frame, width: 160, height: 96))
        }
        let other = Episode(seed: 12, frames: 600)
        #expect((0..<600).contains { first.record(at: $0) != other.record(at: $0) })
    }

    @Test("Captions and truth of a short episode are the golden ones", arguments: [7, 8] as [UInt64])
    func golden(seed: UInt64) throws {
        let episode = Episode(seed: seed, frames: 960)
        var lines = Data()
        var last = ""
        for frame in 0..<episode.frames {
            let record = episode.record(at: frame)
            if record.caption != last { lines += try record.line() }
            last = record.caption
        }
        let url = fixtures.appending(path: "episode-seed\(seed).jsonl")
        if ProcessInfo.processInfo.environment["NUWA_WRITE_GOLDENS"] == "1" { try lines.write(to: url) }
        let golden = try String(contentsOf: url, encoding: .utf8)
        #expect(String(decoding: lines, as: UTF8.self) == golden)
    }

    @Test(
        "Takes follow each other without gaps and last 1.3 to 37.5 seconds",
        arguments: [1, 48, 95, 97, 309, 3376, 10_000])
    func setups(frames: Int) {
        for seed in 0..<20 as Range<UInt64> {
            let episode = Episode(seed: seed, frames: frames)
            var next = 0
            for index in 0..<episode.setupCount {
                let range = episode.frames(ofSetup: index)
                #expect(range.lowerBound == next)
                if frames >= Plot.setupFrames.lowerBound { #expect(Plot.setupFrames.contains(range.count)) }
                #expect(episode.truth(at: range.lowerBound).setup == index)
                #expect(episode.truth(at: range.upperBound - 1).setup == index)
                next = range.upperBound
            }
            #expect(next == frames)
        }
    }

    @Test("Nobody jumps from one place of the picture to another inside a setup, or leaves the picture")
    func continuity() {
        for seed in 0..<12 as Range<UInt64> {
            let episode = Episode(seed: seed)
            for index in 0..<episode.setupCount {
                var before: Truth?
                for frame in episode.frames(ofSetup: index) {
                    let truth = episode.truth(at: frame)
                    for (number, figure) in truth.characters.enumerated() {
                        #expect((0.02...0.999).contains(figure.x), "seed \(seed), frame \(frame), \(figure.name)")
                        guard let old = before?.characters[number] else { continue }
                        #expect(old.name == figure.name)
                        #expect(abs(old.x - figure.x) < 0.012, "seed \(seed), frame \(frame), \(figure.name)")
                        #expect(abs(old.y - figure.y) < 0.045, "seed \(seed), frame \(frame), \(figure.name)")
                    }
                    before = truth
                }
            }
        }
    }

    @Test("A walker goes a clear way, towards where it faces")
    func walkers() {
        for seed in 0..<12 as Range<UInt64> {
            for setup in Episode(seed: seed).setups {
                for beat in setup.roles.flatMap(\.beats) {
                    if beat.action == .walk {
                        #expect(beat.facing == (beat.to > beat.from ? .right : .left))
                        #expect(abs(beat.to - beat.from) > 0.1, "seed \(seed), setup \(setup.index)")
                    } else {
                        #expect(beat.to == beat.from)
                    }
                }
            }
        }
    }

    @Test("Whoever rests is not hidden behind another who rests")
    func seen() {
        for seed in 0..<12 as Range<UInt64> {
            let episode = Episode(seed: seed)
            for stretch in episode.stretches {
                let resting = episode.truth(at: stretch.frames.lowerBound).characters.filter { $0.action != .walk }
                for (number, figure) in resting.enumerated() {
                    for other in resting[..<number] {
                        #expect(abs(figure.x - other.x) > 0.12, "seed \(seed), frame \(stretch.frames.lowerBound)")
                    }
                }
            }
        }
    }

    @Test("Casts of one, two and three fill about as many frames each, and so do the five actions")
    func balance() {
        var casts: [Int: Int] = [:]
        var actions: [Action: Int] = [:]
        for seed in 0..<60 as Range<UInt64> {
            let episode = Episode(seed: seed)
            for frame in stride(from: 0, to: episode.frames, by: 15) {
                let truth = episode.truth(at: frame)
                casts[truth.characters.count, default: 0] += 1
                for figure in truth.characters { actions[figure.action, default: 0] += 1 }
            }
        }
        let frames = casts.values.reduce(0, +)
        let figures = actions.values.reduce(0, +)
        for (cast, count) in casts {
            #expect((24...43).contains(100 * count / frames), "\(cast): \(count) of \(frames)")
        }
        for (action, count) in actions {
            #expect((15...26).contains(100 * count / figures), "\(action): \(count) of \(figures)")
        }
    }

    @Test("In a whole episode the story comes back to its first place near the end, and a character leaves and returns")
    func callbacks() {
        for seed in 0..<30 as Range<UInt64> {
            let episode = Episode(seed: seed)
            let truths = (0..<episode.setupCount).map { episode.truth(at: episode.frames(ofSetup: $0).lowerBound) }
            let places = truths.map(\.place)
            #expect(places.contains { $0 != places[0] })
            let ending = truths.indices.filter { episode.frames(ofSetup: $0).upperBound > episode.frames * 3 / 5 }
            #expect(ending.contains { places[$0] == places[0] }, "seed \(seed)")
            let returns = CartoonCharacter.allCases.contains { character in
                let seen = truths.indices.filter { index in truths[index].characters.contains { $0.name == character } }
                return zip(seen, seen.dropFirst()).contains { $1 - $0 > 2 }
            }
            #expect(returns, "seed \(seed)")
        }
    }

    @Test("A frame's record is one flat object of JSON, of whose figures nothing is lost")
    func record() throws {
        struct Told: Decodable {
            let frame, setup: Int
            let caption, place, time, weather: String
            let camera: Double
            let characters: [Truth.Figure]
        }
        let record = Episode(seed: 3).record(at: 1234)
        let told = try JSONDecoder().decode(Told.self, from: record.line())
        let truth = record.truth
        #expect(told.frame == 1234 && told.caption == record.caption && told.setup == truth.setup)
        #expect(told.place == truth.place.rawValue && told.time == truth.time.rawValue)
        #expect(told.weather == truth.weather.rawValue && told.camera == truth.camera)
        #expect(told.characters == truth.characters)
    }

    @Test("Frames outside the episode count as its first and last")
    func outside() throws {
        let episode = Episode(seed: 5, frames: 200)
        #expect(episode.record(at: -3).truth == episode.truth(at: 0))
        #expect(try episode.image(at: 999, width: 160, height: 96) == episode.image(at: 199, width: 160, height: 96))
    }

    private var fixtures: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Fixtures/cartoon")
    }
}

@Suite struct VisibilityTests {
    @Test(
        "One who stands alone is seen whole; of two who cross, the one behind is hidden for a while, and never the one in front"
    )
    func visibility() throws {
        var leastBehind = 1.0
        for seed in 0..<40 as Range<UInt64> {
            let episode = Episode(seed: seed, frames: 226)
            for frame in stride(from: 0, to: 226, by: 25) {
                let shown = try episode.visibility(at: frame)
                #expect(shown.count == episode.truth(at: frame).characters.count)
                #expect(shown.allSatisfy { (0...1).contains($0) })
                // The last is in front of all others, but some of its pixels may have the colour of what they cover.
                #expect(shown.last.map { $0 > 0.97 } ?? true, "seed \(seed), frame \(frame): \(shown)")
                leastBehind = min(leastBehind, shown.dropLast().min() ?? 1)
            }
        }
        #expect(leastBehind < 0.6, "somebody is hidden somewhere, at most by \(1 - leastBehind)")
    }
}
