import Cartoon
import Corpora
import Diffusion
import Models
import Pictures
import Tensors

/// What T-KLVAE learns from in a piece of a step: a clip of neighbours, or as many pictures that have nothing to do with each other. All random
/// draws are made.
struct AutoencoderExample {
    /// As the encoder sees them.
    let entering: [Image]
    /// The same, as they are to leave the decoder.
    let leaving: [Image]
    let isClip: Bool
    /// One number for each of the latents.
    let noise: [Float]
    /// How much of the noise is put on latents, in their standard deviations, while the decoder learns alone.
    let strength: Float

    /// How many frames the decoder takes for neighbours.
    var frames: Int { isClip ? leaving.count : 1 }
}

/// Draws examples from the cartoon, each of its pieces from episodes of its own; a function of seed, step and place.
struct AutoencoderExamples: Sendable {
    private enum Purpose: UInt32 {
        case kind = 1
        case strength, noise
    }

    private let recipe: AutoencoderRecipe
    private let latentShape: (channels: Int, height: Int, width: Int)
    private let entering: CartoonCorpus
    private let leaving: CartoonCorpus
    /// Whether pictures leave as they enter, so that they need be drawn only once.
    private let isSameSize: Bool

    init(recipe: AutoencoderRecipe, split: Split, configuration: ModelConfiguration) {
        func corpus(_ size: ModelConfiguration.Video) -> CartoonCorpus {
            CartoonCorpus(split: split, width: size.width, height: size.height)
        }
        self.recipe = recipe
        latentShape = configuration.latentShape
        entering = corpus(configuration.entering)
        leaving = corpus(configuration.video)
        isSameSize = configuration.entering == configuration.video
    }

    private func stream(_ purpose: Purpose, _ step: Int, _ place: Int = 0) -> RandomStream {
        RandomStream(seed: recipe.seed, purpose: purpose.rawValue, step: step, item: place)
    }

    func isClip(step: Int) -> Bool {
        var random = stream(.kind, step)
        return random.chance(recipe.pictures.clips)
    }

    /// - Parameter isClip: nil: as the step's number says.
    func example(step: Int, place: Int, isClip: Bool? = nil) throws -> AutoencoderExample {
        let isClip = isClip ?? self.isClip(step: step)
        let frames = recipe.pictures.frames
        let kind = isClip ? ClipKind(frames: frames, strides: 1...1) : .still
        // Numbers count on, so that no episode comes twice in a training.
        var start = SplitMix64(seed: recipe.seed)
        let first = start.next() &+ UInt64((step * recipe.pieces + place) * frames)
        let numbers = (0..<(isClip ? 1 : frames)).map { first &+ UInt64($0) }
        let inner = try numbers.flatMap { try entering.clip($0, of: kind).pictures }
        let outer = try isSameSize ? inner : numbers.flatMap { try leaving.clip($0, of: kind).pictures }
        var (noise, strength) = (stream(.noise, step, place), stream(.strength, step))
        let isStrong = strength.chance(recipe.noise.share)
        return AutoencoderExample(
            entering: inner, leaving: outer, isClip: isClip,
            noise: noise.normals(frames * latentShape.channels * latentShape.height * latentShape.width),
            strength: Float(isStrong ? recipe.noise.largest * strength.unit() : recipe.noise.usual))
    }
}
