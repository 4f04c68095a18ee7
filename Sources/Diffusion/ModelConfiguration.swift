/// All that a model's `model.json` says about it: every hyper-parameter of its networks and how they are sampled.
/// The keys are those of the PyTorch twin in `reference/`.
public struct ModelConfiguration: Codable, Sendable, Equatable {
    public var name: String
    public var video: Video
    public var vae: VAE
    public var mtd: MTD
    public var text: Text
    public var diffusion: Diffusion
    public var sampling: Sampling

    /// The frames that the model makes, in pixels.
    public struct Video: Codable, Sendable, Equatable {
        public var width: Int
        public var height: Int
    }

    /// T-KLVAE.
    public struct VAE: Codable, Sendable, Equatable {
        public var latentChannels: Int
        /// The side of the pixel blocks that the stem folds into channels.
        public var patch: Int
        /// Fine to coarse; each step halves height and width.
        public var channels: [Int]
        public var encoderBlocks: Int
        public var decoderBlocks: Int
        public var groups: Int
        public var heads: Int
        public var temporalKernel: Int
        /// Of the training set: latents leave the encoder normalised.
        public var latentMean: [Double]
        public var latentStd: [Double]

        /// Pixels per latent, along each side.
        public var factor: Int { patch << (channels.count - 1) }

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
    public struct MTD: Codable, Sendable, Equatable {
        /// What a frame between a segment's parents sees of them in its own visual condition.
        public enum Between: String, Codable, Sendable, CaseIterable {
            /// Their cross-fade, which goes to the prediction as well, and how they differ (docs/decisions/0007).
            case crossfade
            /// Nothing, as in the paper.
            case zero
        }

        public var latentChannels: Int
        /// L, the frames of a segment.
        public var segmentFrames: Int
        /// Fine to coarse.
        public var channels: [Int]
        /// By scale: whether its blocks have spatial attention.
        public var spatialAttention: [Bool]
        public var groups: Int
        public var heads: Int
        /// The hidden width of a feed-forward layer, in multiples of the channels.
        public var feedForward: Int
        public var temporalKernel: Int
        public var embedding: Int
        public var sinusoid: Int
        /// A hyper-parameter, since it decides which inputs and weights the network has.
        public var between: Between
        /// The cascade of the visual condition, by scale.
        public var conditionChannels: [Int]
        /// The cascade of its mask, by scale.
        public var maskChannels: [Int]
        public var textWidth: Int

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
        public var conditionWidth: Int { between == .crossfade ? 2 * latentChannels : latentChannels }
    }

    /// The text encoder.
    public struct Text: Codable, Sendable, Equatable {
        public var vocabulary: [String]
        public var width: Int
        public var layers: Int
        public var heads: Int
        public var feedForward: Int
        public var maxTokens: Int

        enum CodingKeys: String, CodingKey {
            case vocabulary, width, layers, heads
            case feedForward = "feed_forward"
            case maxTokens = "max_tokens"
        }
    }

    /// What the denoiser was trained to predict, and under which noise.
    public struct Diffusion: Codable, Sendable, Equatable {
        public enum Objective: String, Codable, Sendable, CaseIterable {
            /// sqrt(alphaBar) noise - sqrt(1 - alphaBar) x0 (Salimans and Ho 2022).
            case velocity
            /// The noise, as in the paper (eq. 5).
            case epsilon
        }
        public enum Schedule: String, Codable, Sendable, CaseIterable { case cosine, linear }

        public var objective: Objective
        public var steps: Int
        public var schedule: Schedule
        /// The share of the noise's variance that the frames of a segment have in common.
        public var sharedNoise: Double

        enum CodingKeys: String, CodingKey {
            case objective, steps, schedule
            case sharedNoise = "shared_noise"
        }
    }

    /// How segments are sampled.
    public struct Sampling: Codable, Sendable, Equatable {
        public enum Kind: String, Codable, Sendable, CaseIterable { case ddim, ddpm }

        public var sampler: Kind
        /// By depth; the last value holds for all deeper ones.
        public var steps: [Int]
        /// By depth, likewise; 1 = no guidance.
        public var guidance: [Double]
        /// The timestep of the noise that is put on the parents; 0 = none.
        public var conditionLevel: Int
        /// Bound of a predicted clean latent.
        public var clip: Double

        public func steps(atDepth depth: Int) -> Int { steps[min(depth, steps.count - 1)] }
        public func guidance(atDepth depth: Int) -> Double { guidance[min(depth, guidance.count - 1)] }

        /// How often the network is evaluated for one step: with and without the prompt, where there is guidance.
        public func evaluationsPerStep(atDepth depth: Int) -> Int { guidance(atDepth: depth) == 1 ? 1 : 2 }

        enum CodingKeys: String, CodingKey {
            case sampler, steps, guidance
            case conditionLevel = "condition_level"
            case clip
        }
    }

    /// L, the frames of a segment.
    public var segmentFrames: Int { mtd.segmentFrames }

    /// The latent of one frame: channels, height, width.
    public var latentShape: (channels: Int, height: Int, width: Int) {
        (vae.latentChannels, video.height / vae.factor, video.width / vae.factor)
    }
}
