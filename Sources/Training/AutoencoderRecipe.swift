/// How T-KLVAE is trained: the keys of `etc/nuwa/training/vae.toml`.
package struct AutoencoderRecipe: Recipe, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable { case vae }

    /// What of it learns.
    package enum Learns: String, Codable, Sendable {
        /// The decoder alone: latents keep their meaning.
        case decoder
        /// Both halves: latents get another meaning, which a denoiser has to learn.
        case whole
    }

    package var stage: Stage
    package var steps: Int
    /// Pictures of a step; a multiple of `pictures.frames`.
    package var batch: Int
    package var seed: UInt64
    package var learns: Learns
    /// At how many times the size of those that enter pictures leave; the start's decoder is widened to that.
    package var upscale: Int
    package var optimiser: OptimiserRecipe
    package var pictures: Pictures
    package var noise: Noise
    package var loss: Loss

    package struct Pictures: Codable, Sendable, Equatable {
        /// Share of the steps that learn from clips of neighbours; the others learn from single pictures.
        package var clips: Double
        /// Of a clip.
        package var frames: Int
    }

    /// On latents, in standard deviations of them, while the decoder learns alone.
    package struct Noise: Codable, Sendable, Equatable {
        package var usual: Double
        /// In `share` of the steps there is any from 0 to this.
        package var largest: Double
        package var share: Double
    }

    /// What the parts of the loss count beside the mean absolute error.
    package struct Loss: Codable, Sendable, Equatable {
        package var square: Double
        /// Of how neighbouring pixels differ.
        package var edges: Double
        /// Of how a clip's neighbouring frames differ.
        package var changes: Double
        /// Kullback and Leibler's divergence of the posterior from the normal distribution, while the encoder learns too.
        package var divergence: Double
    }

    /// Pieces of a batch, in which gradients are found side by side: a clip, or as many single pictures.
    var pieces: Int { batch / pictures.frames }

    package var rules: [RecipeRule] {
        let weights = [
            ("square", loss.square), ("edges", loss.edges), ("changes", loss.changes), ("divergence", loss.divergence),
        ]
        return [
            .positive("steps", steps), RecipeRule("upscale", (1...16).contains(upscale), "from 1 to 16"),
            .positive("pictures.frames", pictures.frames),
            RecipeRule(
                "batch", batch >= 1 && pictures.frames >= 1 && batch.isMultiple(of: pictures.frames),
                "a multiple of pictures.frames"),
            .share("pictures.clips", pictures.clips), .share("noise.share", noise.share),
            RecipeRule("noise.usual", noise.usual >= 0, "0 or more"),
            RecipeRule("noise.largest", noise.largest >= 0, "0 or more"),
        ] + optimiser.rules + weights.map { RecipeRule("loss.\($0)", $1 >= 0, "0 or more") }
    }
}
