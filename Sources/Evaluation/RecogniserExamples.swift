import Cartoon
import Corpora
import Diffusion
import Foundation
import Models
import Pictures

/// A picture and what it shows.
struct RecogniserExample {
    struct Figure {
        let truth: Sighting.Figure
        /// Whether enough of it is to be seen for anybody to tell.
        let isVisible: Bool
    }

    var picture: Image
    let figures: [Figure]
    /// nil where the picture shows two of them.
    let place: Place?
    let time: DayTime?
    let weather: Weather?
}

/// Draws examples from the cartoon, each from an episode of its own; a function of seed, step and place in the batch.
///
/// Some are made worse as a renderer's pictures are: blurred, or through a T-KLVAE with some noise on the latents. Some are spliced from
/// two pictures side by side, so that one who is there twice, and more than three, are nothing unheard of.
struct RecogniserExamples: Sendable {
    /// Neighbouring pictures of a batch that are decoded together, or none of them.
    static let groupSize = 4

    /// Of a figure's pixels, so many must be seen.
    private static let leastVisible = 0.3
    /// Figures nearer to each other may hide one another, as a fraction of the picture's width.
    private static let near = 0.16
    /// How near a figure may be to where a picture is cut.
    private static let margin = 0.09
    /// The largest standard deviation of noise on latents.
    private static let noise = 0.3

    private enum Purpose: UInt32 {
        case picture = 1
        case decoding, splice, blur
    }

    let recipe: RecogniserRecipe
    let split: Split
    /// Whose T-KLVAE decodes.
    let decoder: Model

    /// The pictures of group `group` of a step.
    func examples(step: Int, group: Int) throws -> [RecogniserExample] {
        let groups = recipe.batch / Self.groupSize
        if Double(group) + 0.5 < recipe.pictures.decoded * Double(groups) { return try decoded(step, group) }
        return try (0..<Self.groupSize).map { try drawn(step, group * Self.groupSize + $0) }
    }

    private func stream(_ purpose: Purpose, _ step: Int, _ item: Int) -> RandomStream {
        RandomStream(seed: recipe.seed, purpose: purpose.rawValue, step: step, item: item)
    }

    /// Somewhere in an episode; there are so many that hardly any comes twice.
    private func moment(_ random: inout RandomStream) -> (episode: Episode, frame: Int) {
        let episode = Episode(seed: split.seed(UInt64(random.below(EpisodeNumbers.learnt))))
        return (episode, random.below(episode.frames))
    }

    private func drawn(_ step: Int, _ place: Int) throws -> RecogniserExample {
        var random = stream(.picture, step, place)
        let (episode, frame) = moment(&random)
        var example = try Self.example(episode, frame)
        var splice = stream(.splice, step, place)
        if splice.chance(recipe.pictures.spliced) {
            let (other, frame) = moment(&splice)
            example = Self.spliced(example, try Self.example(other, frame), &splice)
        }
        var blur = stream(.blur, step, place)
        if blur.chance(recipe.pictures.blurred) { example.picture = example.picture.blurred(times: 1 + blur.below(4)) }
        return example
    }

    static func example(_ episode: Episode, _ frame: Int) throws -> RecogniserExample {
        let sighting = Sighting(episode.truth(at: frame))
        let xs = sighting.figures.map(\.x)
        let mayHide = xs.indices.contains { i in xs.indices.contains { $0 < i && abs(xs[i] - xs[$0]) < near } }
        let visibility = mayHide ? try episode.visibility(at: frame) : xs.map { _ in 1 }
        return RecogniserExample(
            picture: try episode.image(at: frame, width: Recogniser.width, height: Recogniser.height),
            figures: zip(sighting.figures, visibility).map {
                RecogniserExample.Figure(truth: $0, isVisible: $1 >= leastVisible)
            },
            place: sighting.place, time: sighting.time, weather: sighting.weather)
    }

    /// The left of one and the right of the other, cut where nobody stands; the one as it is where there is no such place.
    private static func spliced(
        _ left: RecogniserExample, _ right: RecogniserExample, _ random: inout RandomStream
    ) -> RecogniserExample {
        let xs = (left.figures + right.figures).map(\.truth.x)
        let cuts = (Recogniser.width / 4...3 * Recogniser.width / 4).filter { cut in
            xs.allSatisfy { abs($0 - Double(cut) / Double(Recogniser.width)) > margin }
        }
        guard !cuts.isEmpty else { return left }
        let cut = cuts[random.below(cuts.count)]
        let border = Double(cut) / Double(Recogniser.width)
        var picture = left.picture
        for row in 0..<Recogniser.height {
            let range = (row * Recogniser.width + cut) * 3..<(row + 1) * Recogniser.width * 3
            picture.pixels.replaceSubrange(range, with: right.picture.pixels[range])
        }
        func same<Value: Equatable>(_ one: Value?, _ other: Value?) -> Value? { one == other ? one : nil }
        return RecogniserExample(
            picture: picture,
            figures: left.figures.filter { $0.truth.x < border } + right.figures.filter { $0.truth.x >= border },
            place: same(left.place, right.place), time: same(left.time, right.time),
            weather: same(left.weather, right.weather))
    }

    /// Neighbouring frames, since the decoder's temporal layers know nothing else.
    private func decoded(_ step: Int, _ group: Int) throws -> [RecogniserExample] {
        var random = stream(.decoding, step, group)
        let (episode, start) = moment(&random)
        let frames = (0..<Self.groupSize).map { min(start, episode.frames - Self.groupSize) + $0 }
        var examples = try frames.map { try Self.example(episode, $0) }
        var latents = decoder.encode(apart: examples.map(\.picture))
        let strength = Float(Self.noise * pow(random.unit(), 2))
        latents.values = zip(latents.values, random.normals(latents.values.count)).map { $0 + strength * $1 }
        for (i, picture) in try decoder.decode(latents).enumerated() {
            examples[i].picture = picture.reduced(by: decoder.configuration.vae.enlargement)
        }
        return examples
    }
}

extension Image {
    /// Each pixel mixed with its neighbours in the proportion 1 : 2 : 1, in both directions, `times` times over.
    func blurred(times: Int) -> Image {
        var image = self
        for _ in 0..<times {
            image.pixels = Image.mixed(image.pixels, lines: height, count: width, step: 3, line: width * 3)
            image.pixels = Image.mixed(image.pixels, lines: width, count: height, step: width * 3, line: 3)
        }
        return image
    }

    private static func mixed(_ pixels: [UInt8], lines: Int, count: Int, step: Int, line: Int) -> [UInt8] {
        var result = pixels
        for start in (0..<lines).map({ $0 * line }) {
            for i in 0..<count {
                for channel in start..<start + 3 {
                    let before = Int(pixels[channel + max(0, i - 1) * step])
                    let after = Int(pixels[channel + min(count - 1, i + 1) * step])
                    result[channel + i * step] = UInt8((before + 2 * Int(pixels[channel + i * step]) + after + 2) / 4)
                }
            }
        }
        return result
    }
}
