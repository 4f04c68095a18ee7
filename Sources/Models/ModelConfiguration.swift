/// All that a model's `model.json` says about it: every hyper-parameter of its networks and how they are sampled.
/// The keys are those of the PyTorch twin in `reference/`.
package struct ModelConfiguration: Codable, Sendable, Equatable {
    package var name: String
    package var video: Video
    package var vae: VAE
    package var mtd: MTD
    package var text: Text
    package var diffusion: Diffusion
    package var sampling: Sampling

    /// The frames that the model makes, in pixels.
    package struct Video: Codable, Sendable, Equatable {
        package var width: Int
        package var height: Int
    }

    /// T-KLVAE.
    package struct VAE: Codable, Sendable, Equatable {
        package var latentChannels: Int
        /// The side of the pixel blocks that the stem folds into channels.
        package var patch: Int
        /// Fine to coarse; each step halves height and width.
        package var channels: [Int]
        package var encoderBlocks: Int
        package var decoderBlocks: Int
        package var groups: Int
        package var heads: Int
        package var temporalKernel: Int
        /// Of the training set: latents leave the encoder normalised.
        package var latentMean: [Double]
        package var latentStd: [Double]

        /// Pixels per latent, along each side.
        package var factor: Int { patch << (channels.count - 1) }

        enum CodingKeys: String, CodingKey {
            case latentChannels = "latent_channels"
            case patch, channels
            case encoderBlocks = "encoder_blocks"
            case decoderBlocks = "decoder_blocks"
            case groups, heads
            case temporalKernel = "temporal_kernel"
            case latentMean = "latent_mean"
            case latentStd = "latent_std"
        }
    }

    /// The denoiser.
    package struct MTD: Codable, Sendable, Equatable {
        /// What a frame between a segment's parents sees of them in its own visual condition.
        package enum Between: String, Codable, Sendable, CaseIterable {
            /// Their cross-fade, which goes to the prediction as well, and how they differ (docs/decisions/0007).
            case crossfade
            /// Nothing, as in the paper.
            case zero
        }

        package var latentChannels: Int
        /// L, the frames of a segment.
        package var segmentFrames: Int
        /// Fine to coarse.
        package var channels: [Int]
        /// By scale: whether its blocks have spatial attention.
        package var spatialAttention: [Bool]
        package var groups: Int
        package var heads: Int
        /// The hidden width of a feed-forward layer, in multiples of the channels.
        package var feedForward: Int
        package var temporalKernel: Int
        package var embedding: Int
        package var sinusoid: Int
        /// A hyper-parameter, since it decides which inputs and weights the network has.
        package var between: Between
        /// The cascade of the visual condition, by scale.
        package var conditionChannels: [Int]
        /// The cascade of its mask, by scale.
        package var maskChannels: [Int]
        package var textWidth: Int

        enum CodingKeys: String, CodingKey {
            case latentChannels = "latent_channels"
            case segmentFrames = "segment_frames"
            case channels
            case spatialAttention = "spatial_attention"
            case groups, heads
            case feedForward = "feed_forward"
            case temporalKernel = "temporal_kernel"
            case embedding, sinusoid, between
            case conditionChannels = "condition_channels"
            case maskChannels = "mask_channels"
            case textWidth = "text_width"
        }

        /// Channels of the visual condition.
        package var conditionWidth: Int { between == .crossfade ? 2 * latentChannels : latentChannels }
    }

    /// The text encoder.
    package struct Text: Codable, Sendable, Equatable {
        package var vocabulary: [String]
        package var width: Int
        package var layers: Int
        package var heads: Int
        package var feedForward: Int
        package var maxTokens: Int

        enum CodingKeys: String, CodingKey {
            case vocabulary, width, layers, heads
            case feedForward = "feed_forward"
            case maxTokens = "max_tokens"
        }
    }

    /// What the denoiser was trained to predict, and under which noise.
    package struct Diffusion: Codable, Sendable, Equatable {
        package enum Objective: String, Codable, Sendable, CaseIterable {
            /// sqrt(alphaBar) noise - sqrt(1 - alphaBar) x0 (Salimans and Ho 2022).
            case velocity
            /// The noise, as in the paper (eq. 5).
            case epsilon
        }
        package enum Schedule: String, Codable, Sendable, CaseIterable { case cosine, linear }

        package var objective: Objective
        package var steps: Int
        package var schedule: Schedule
        /// The share of the noise's variance that the frames of a segment have in common.
        package var sharedNoise: Double

        enum CodingKeys: String, CodingKey {
            case objective, steps, schedule
            case sharedNoise = "shared_noise"
        }
    }

    /// How segments are sampled.
    package struct Sampling: Codable, Sendable, Equatable {
        package enum Kind: String, Codable, Sendable, CaseIterable { case ddim, ddpm }

        package var sampler: Kind
        /// By depth; the last value holds for all deeper ones.
        package var steps: [Int]
        /// By depth, likewise; 1 = no guidance.
        package var guidance: [Double]
        /// The timestep of the noise that is put on the parents; 0 = none.
        package var conditionLevel: Int
        /// Bound of a predicted clean latent.
        package var clip: Double

        package func steps(atDepth depth: Int) -> Int { steps[min(depth, steps.count - 1)] }
        package func guidance(atDepth depth: Int) -> Double { guidance[min(depth, guidance.count - 1)] }

        /// How often the network is evaluated for one step: with and without the prompt, where there is guidance.
        package func evaluationsPerStep(atDepth depth: Int) -> Int { guidance(atDepth: depth) == 1 ? 1 : 2 }

        enum CodingKeys: String, CodingKey {
            case sampler, steps, guidance
            case conditionLevel = "condition_level"
            case clip
        }
    }

    /// L, the frames of a segment.
    package var segmentFrames: Int { mtd.segmentFrames }

    /// The latent of one frame: channels, height, width.
    package var latentShape: (channels: Int, height: Int, width: Int) {
        (vae.latentChannels, video.height / vae.factor, video.width / vae.factor)
    }
}
