import Cartoon
package import Corpora
package import Diffusion
import Foundation
import Models
import Pictures

/// How well the recogniser reads the cartoon's own pictures: what every other figure is worth.
package enum RecogniserTable {
    /// Each shows at least so much of itself where nobody is hidden.
    private static let wholeEnough = 0.5
    /// Episodes from this number on, so that they are no film's.
    private static let firstEpisode = 2_000_000

    /// - Parameter count: pictures, each of an episode of its own.
    package static func rows(_ recogniser: Recogniser, split: Split, count: Int) throws -> [EvaluationRow] {
        var samples: [(truth: Sighting, seen: Sighting, isHidden: Bool)] = []
        for number in 0..<count {
            let episode = Episode(seed: split.seed(UInt64(firstEpisode + number)))
            var random = RandomStream(seed: 0, purpose: 1, step: 0, item: number)
            let frame = random.below(episode.frames)
            let seen = recogniser.recognise([
                try episode.image(at: frame, width: Recogniser.width, height: Recogniser.height)
            ])[0]
            let isHidden = try episode.visibility(at: frame).contains { $0 < wholeEnough }
            samples.append((Sighting(episode.truth(at: frame)), seen, isHidden))
        }
        func row<Item>(_ name: String, _ items: [Item], target: String? = nil, _ isRight: (Item) -> Bool)
            -> EvaluationRow
        {
            EvaluationRow(
                name: "recogniser: " + name, unit: .share,
                estimate: Estimate(items.map { [isRight($0) ? 1 : 0, 1] }) { $0[1] == 0 ? nil : $0[0] / $0[1] },
                count: items.count, films: count, target: target)
        }
        let figures = samples.flatMap { sample in
            sample.truth.figures.compactMap { figure in sample.seen.only(figure.name).map { (figure, $0) } }
        }
        return [
            row("exact cast, nobody hidden", samples.filter { !$0.isHidden }, target: "99 %") {
                $0.truth.cast == $0.seen.cast
            },
            row("exact cast, all", samples) { $0.truth.cast == $0.seen.cast },
            row("place", samples) { $0.truth.place == $0.seen.place },
            row("time of day", samples) { $0.truth.time == $0.seen.time },
            row("weather", samples) { $0.truth.weather == $0.seen.weather },
            row("action", figures) { $0.0.action == $0.1.action },
            row("facing", figures) { $0.0.facing == $0.1.facing },
            row("within two pixels", figures) {
                hypot(
                    ($0.0.x - $0.1.x) * Double(Recogniser.width), ($0.0.y - $0.1.y) * Double(Recogniser.height)) <= 2
            },
        ]
    }
}

/// How much of pictures is left that go through the T-KLVAE: at the size at which they enter and, where they leave at another, at that.
package enum ReconstructionTable {
    private static let singles = 64
    private static let clips = 8
    private static let clipFrames = 16
    private static let firstEpisode = 3_000_000

    package static func rows(_ model: Model, split: Split) throws -> [EvaluationRow] {
        let (outer, inner) = (model.configuration.video, model.configuration.entering)
        func pictures(_ number: Int, frames: Int, _ size: ModelConfiguration.Video) throws -> [Image] {
            let episode = Episode(seed: split.seed(UInt64(firstEpisode + number)))
            var random = RandomStream(seed: 0, purpose: 2, step: 0, item: number)
            let start = random.below(episode.frames - frames)
            return try (0..<frames).map { try episode.image(at: start + $0, width: size.width, height: size.height) }
        }
        func rows(_ name: String, count: Int, frames: Int) throws -> [EvaluationRow] {
            let pairs = try (0..<count).map { number in
                let number = number + frames * 1000
                let copies = try model.decode(model.encode(apart: pictures(number, frames: frames, inner)))
                return zip(try pictures(number, frames: frames, outer), copies)
            }
            func row(_ name: String, target: String?, _ likeness: (Image, Image) -> Double) -> EvaluationRow {
                let sums = pairs.map { [$0.reduce(0) { $0 + likeness($1.0, $1.1) }, Double(frames)] }
                return EvaluationRow(
                    name: "reconstruction, \(name)", unit: .decibel, estimate: Estimate(sums) { $0[0] / $0[1] },
                    count: count * frames, films: count, target: target)
            }
            let factor = model.configuration.vae.enlargement
            let reduced = row(name, target: "33 dB") { $0.reduced(by: factor).likeness(to: $1.reduced(by: factor)) }
            if factor == 1 { return [reduced] }
            return [
                reduced, row("\(name), \(outer.width)x\(outer.height)", target: nil) { $0.likeness(to: $1) },
            ]
        }
        return try rows("single pictures", count: singles, frames: 1)
            + rows("clips of \(clipFrames)", count: clips, frames: clipFrames)
    }
}

extension Image {
    /// The peak signal-to-noise ratio, in dB; 99 where they are equal.
    func likeness(to other: Image) -> Double {
        let sum = zip(pixels, other.pixels).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
        if sum == 0 { return 99 }
        return 10 * log10(255 * 255 * Double(pixels.count) / Double(sum))
    }
}
