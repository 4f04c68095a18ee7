import Cartoon
package import Corpora
import Diffusion
import Foundation
import Pictures

/// How well the recogniser reads the cartoon's own pictures: what every other measure is worth.
package enum RecogniserTable {
    /// Each shows at least so much of itself where nobody is hidden.
    private static let wholeEnough = 0.5

    /// Throws `PictureError`.
    /// - Parameter count: pictures, each of an episode of its own.
    package static func rows(_ recogniser: Recogniser, split: Split, count: Int) throws -> [EvaluationRow] {
        var samples: [(truth: Sighting, seen: Sighting, isHidden: Bool)] = []
        for number in 0..<count {
            let episode = Episode(seed: split.seed(UInt64(EpisodeNumbers.recognised + number)))
            var random = RandomStream(.recognised, item: number)
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
