import Cartoon
import Corpora
import Diffusion
import Foundation
import Testing

@testable import Evaluation

/// Tables of films whose readings are made up, so that every figure is known.
@Suite struct FilmTableTests {
    private func sighting(
        _ figures: [(CartoonCharacter, x: Double)], action: Action = .stand, place: Place = .cave
    ) -> Sighting {
        Sighting(
            place: place, time: .noon, weather: .clear,
            figures: figures.map { .init(name: $0.0, x: $0.x, y: 0.9, action: action, facing: .right) })
    }

    /// A film of 100 frames with one content.
    private func reading(
        truth: (Int) -> Sighting, made: (Int) -> Sighting, joins: Set<Int> = [], change: (Int) -> Double = { _ in 1 }
    ) -> FilmReading {
        let frames = 0..<100
        func side(_ sighting: (Int) -> Sighting, _ change: (Int) -> Double) -> FilmReading.Side {
            FilmReading.Side(sightings: frames.map(sighting), changes: frames.map { $0 == 0 ? nil : change($0) })
        }
        return FilmReading(
            truth: frames.map(truth), stretch: frames.map { _ in 0 }, made: side(made, change),
            real: side(truth) { _ in 1 }, joins: joins)
    }

    private func value(_ name: String, short: [FilmReading] = [], long: [FilmReading] = []) throws -> EvaluationRow {
        try #require(FilmTable.rows(short: short, long: long).first { $0.name.hasPrefix(name) }, "\(name)")
    }

    @Test("A cast is exact if all are there once and nobody else")
    func cast() throws {
        let two = sighting([(.pim, 0.3), (.bo, 0.7)])
        let film = reading(truth: { _ in two }) { frame in
            switch frame {
            case ..<50: two
            case ..<70: sighting([(.pim, 0.3)])
            case ..<90: sighting([(.pim, 0.3), (.bo, 0.7), (.bo, 0.1)])
            default: sighting([(.pim, 0.3), (.rok, 0.7)])
            }
        }
        let row = try value("exact cast, 226 frames, two", short: [film])
        #expect(row.estimate?.value == 0.5 && row.ceiling == 1 && row.count == 100 && row.films == 1)
        #expect(try value("exact cast, 226 frames, three", short: [film]).estimate == nil)
        #expect(try value("doubled or uninvited", short: [film]).estimate?.value == 0.3)
        #expect(try value("place", short: [film]).estimate?.value == 1)
    }

    @Test("Walkers are measured over a second, with the sign of the way that they should go")
    func walking() throws {
        // To the left, at half of the pace; then to the right.
        func truth(_ frame: Int) -> Sighting { sighting([(.lulu, 0.9 - 0.005 * Double(frame))], action: .walk) }
        let slow = reading(truth: truth) { sighting([(.lulu, 0.9 - 0.0025 * Double($0))], action: .walk) }
        let back = reading(truth: truth) { sighting([(.lulu, 0.2 + 0.005 * Double($0))], action: .walk) }
        #expect(try value("walkers go the right way", short: [slow, back]).estimate?.value == 0.5)
        let half = try #require(try value("walkers' way", short: [slow]).estimate?.value)
        #expect(abs(half - 0.5) < 1e-9)
        let whole = try #require(try value("walkers' way", short: [slow]).ceiling)
        #expect(abs(whole - 1) < 1e-9)
        let none = try #require(try value("walkers' way", short: [back]).estimate?.value)
        #expect(abs(none + 1) < 1e-9)
    }

    @Test("One who should rest and does not is told of in pixels")
    func resting() throws {
        let film = reading(truth: { _ in sighting([(.rok, 0.5)]) }) { sighting([(.rok, 0.5 + 0.001 * Double($0))]) }
        let row = try value("who rests", short: [film])
        let moved = try #require(row.estimate?.value)
        #expect(abs(moved - 24 * 0.001 * 160) < 1e-9 && row.ceiling == 0)
    }

    @Test("Joins are compared with what is inside segments")
    func joins() throws {
        let one = sighting([(.bo, 0.5)])
        let film = reading(truth: { _ in one }, made: { _ in one }, joins: [15, 30]) { [15, 30].contains($0) ? 3 : 2 }
        let row = try value("change across joins", short: [film])
        #expect(row.estimate?.value == 1.5 && row.ceiling == 1 && row.count == 2)
    }

    @Test("Drift is what is right at the beginning less what is right at the end")
    func drift() throws {
        let one = sighting([(.bo, 0.5)])
        let film = reading(truth: { _ in one }) { $0 < 90 ? one : sighting([]) }
        let row = try value("drift over 3376 frames: exact cast", long: [film])
        let found = try #require(row.estimate?.value)
        #expect(abs(found - 10.0 / 15) < 1e-9 && row.ceiling == 0)
    }

    @Test("An interval of many films that agree is narrow, of one there is none, of films that differ it is wide")
    func intervals() throws {
        func estimate(_ films: [[Double]]) throws -> Estimate {
            try #require(Estimate(films) { $0[1] == 0 ? nil : $0[0] / $0[1] })
        }
        let alike = try estimate([[Double]](repeating: [9, 10], count: 30))
        #expect(alike.value == 0.9 && alike.low == 0.9 && alike.high == 0.9)
        let single = try estimate([[9, 10]])
        #expect(single.low == nil)
        let mixed = try estimate((0..<40).map { [$0.isMultiple(of: 2) ? 10 : 0, 10] })
        let (low, high) = (try #require(mixed.low), try #require(mixed.high))
        // Of a share of one half among 40, 95 % lie within about 0.155 of it.
        #expect(mixed.value == 0.5 && (0.28...0.40).contains(low) && (0.60...0.72).contains(high), "\(low) - \(high)")
    }
}

@Suite struct HeldOutScriptTests {
    @Test(
        "A script tells its episode: a prompt for each stretch, from its first frame on, of the split that was asked for"
    )
    func script() {
        let script = HeldOutScript(number: 3, frames: 226, of: .test)
        #expect(Split(seed: script.episode.seed) == .test && script.name == "48-226.nuwa")
        let lines = script.text.split(separator: "\n").map(String.init)
        #expect(lines.prefix(3) == ["seed 48", "frames 226", "fps 24"])
        var frame = 0
        for line in lines.dropFirst(3) {
            #expect(line == "f\(frame) \(script.episode.caption(at: frame))")
            frame = script.episode.stretch(at: frame).upperBound
        }
        #expect(frame == 226)
    }
}

@Suite struct SwappedNameTests {
    @Test("A name goes in another's place, never one that an epithet betrays")
    func swap() throws {
        var random = RandomStream(seed: 1, purpose: 0, step: 0, item: 0)
        for _ in 0..<20 {
            let swapped = try #require(swappedName(in: "Pim waves and Rok the dinosaur jumps", &random))
            #expect(["Lulu", "Bo"].contains { swapped == "\($0) waves and Rok the dinosaur jumps" })
        }
        #expect(swappedName(in: "Bo the robot sits", &random) == nil)
        #expect(swappedName(in: "Pim, Lulu, Rok and Bo wave", &random) == nil)
    }
}
