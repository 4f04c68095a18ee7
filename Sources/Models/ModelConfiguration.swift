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
    /// Who looks at keyframes before anything is filled in between them; nil: nobody, as in the paper.
    package var judge: Judge?

    /// A network that tells who stands in a picture, and what else prompts say of them.
    package struct Judge: Codable, Sendable, Equatable {
        /// Whom it knows, by the words of prompts.
        package var names: [String]
        /// By name, the channel of its heat.
        package var heats: [Int]
        /// What else it tells of everybody whom it sees; nil as none.
        package var traits: [Trait]?
        /// Of the network's maps.
        package var channels: Int
        /// How often keyframes are drawn at the most.
        package var draws: Int

        /// Pictures have sides of a multiple of this, which the network halves four times.
        static let side = 16

        /// Something of a figure that is one of several: what it does, where it looks.
        package struct Trait: Codable, Sendable, Equatable {
            /// By alternative, its channel, counted from that of the name's heat: where the figure stands, the largest value wins. The last
            /// alternative may have none; then its value is 0.
            package var channels: [Int]
            /// By alternative, the words of prompts for it.
            package var words: [[String]]
            /// Its words count only where one of these is said of the same figure (or another for the same alternative); nil: everywhere. One
            /// who sits on the left may look to the right.
            package var only: [String]?
            /// By alternative, where a figure goes from one keyframe to the next of its prompt: 1 to the right, -1 to the left, 0 nowhere,
            /// null wherever it likes; nil as all null.
            package var ways: [Int?]?
            /// Film frames after which one who goes is seen in another column of the heat map; keyframes that are nearer to each other may
            /// show him in the same. nil as 1.
            package var wayFrames: Int?

            enum CodingKeys: String, CodingKey {
                case channels, words, only, ways
                case wayFrames = "way_frames"
            }
        }
    }

    /// The frames of the films that the model makes, in pixels. What its encoder takes is ``entering``.
    package struct Video: Codable, Sendable, Equatable {
        package var width: Int
        package var height: Int

        package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
    }

    /// T-KLVAE.
    package struct VAE: Codable, Sendable, Equatable {
        package var latentChannels: Int
        /// The side of the pixel blocks that the stem folds into channels.
        package var patch: Int
        /// Pictures leave the decoder at so many times the size at which they enter the encoder; nil as 1, as in the paper.
        package var upscale: Int?
        /// The hash of the file that the encoder came with, where the decoder has learnt alone since; nil where it is this model's own.
        package var encoder: String?
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

        package var enlargement: Int { upscale ?? 1 }

        /// Pixels per latent, along each side, of a picture that enters.
        package var factor: Int { patch << (channels.count - 1) }

        /// The same of a picture that leaves.
        package var outerFactor: Int { factor * enlargement }

        /// The side of the pixel blocks that leave the decoder as channels.
        package var outerPatch: Int { patch * enlargement }

        enum CodingKeys: String, CodingKey {
            case latentChannels = "latent_channels"
            case patch, upscale, encoder, channels
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
        /// The fewest frames of a segment that it learnt from; nil where all had L.
        var shortestSegment: Int?
        /// The largest distance between neighbouring frames that it learnt from; nil where nobody said.
        package var longestStride: Int?
        /// Fine to coarse.
        package var channels: [Int]
        /// By scale: whether its blocks have spatial attention.
        package var spatialAttention: [Bool]
        /// By scale: whether its blocks have attention over all pixels of all frames; nil where none has, as in the paper.
        package var spaceTimeAttention: [Bool]?
        /// By scale: how many blocks the way down has beyond the paper's one; nil where none.
        package var deeper: [Int]?
        /// Whether a frame is told where in the segment its prompt holds; nil as false, as in the paper.
        package var runs: Bool?
        /// Whether a frame sees the mean of the noisy frames of its prompt; nil as false, as in the paper.
        package var runMean: Bool?
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
            case shortestSegment = "shortest_segment"
            case longestStride = "longest_stride"
            case channels
            case spatialAttention = "spatial_attention"
            case spaceTimeAttention = "space_time_attention"
            case deeper, runs
            case runMean = "run_mean"
            case groups, heads
            case feedForward = "feed_forward"
            case temporalKernel = "temporal_kernel"
            case embedding, sinusoid, between
            case conditionChannels = "condition_channels"
            case maskChannels = "mask_channels"
            case textWidth = "text_width"
        }

        package var seesRuns: Bool { runs ?? false }

        package var seesRunMean: Bool { runMean ?? false }

        package func hasSpaceTimeAttention(scale: Int) -> Bool { spaceTimeAttention?[scale] ?? false }

        package func furtherBlocks(scale: Int) -> Int { deeper?[scale] ?? 0 }

        /// Channels of the visual condition.
        package var conditionWidth: Int { between == .crossfade ? 2 * latentChannels : latentChannels }
    }

    /// Parts that a training gives to a denoiser which was made without them, and which change nothing at first; and how much of their noise
    /// the frames have in common from then on.
    package struct MTDParts: Decodable, Sendable, Equatable {
        package var spaceTimeAttention: [Bool]?
        package var deeper: [Int]?
        package var runs: Bool?
        package var runMean: Bool?
        package var sharedNoise: Double?

        package init(
            spaceTimeAttention: [Bool]?, deeper: [Int]?, runs: Bool?, runMean: Bool?, sharedNoise: Double?
        ) {
            self.spaceTimeAttention = spaceTimeAttention
            self.deeper = deeper
            self.runs = runs
            self.runMean = runMean
            self.sharedNoise = sharedNoise
        }

        /// The keys that they have in a model's document.
        private enum CodingKeys: String, CodingKey {
            case spaceTimeAttention = "space_time_attention"
            case deeper, runs
            case runMean = "run_mean"
            case sharedNoise = "shared_noise"
        }
    }

    package mutating func add(_ parts: MTDParts) {
        mtd.spaceTimeAttention = parts.spaceTimeAttention ?? mtd.spaceTimeAttention
        mtd.deeper = parts.deeper ?? mtd.deeper
        mtd.runs = parts.runs ?? mtd.runs
        mtd.runMean = parts.runMean ?? mtd.runMean
        diffusion.sharedNoise = parts.sharedNoise ?? diffusion.sharedNoise
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
        package enum Kind: String, Codable, Sendable, CaseIterable {
            case ddim, ddpm
            case dpmSolver = "dpm-solver"
        }

        package var sampler: Kind
        /// By depth; the last value holds for all deeper ones.
        package var steps: [Int]
        /// By depth, likewise; 1 = no guidance.
        package var guidance: [Double]
        /// The timestep of the noise that is put on the parents; 0 = none.
        package var conditionLevel: Int
        /// Bound of a predicted clean latent.
        package var clip: Double
        /// Where it depends on the stride and on what is known rather than on the depth: the first that fits holds, and `steps` and
        /// `guidance` where none does.
        package var efforts: [EffortRule]?

        enum CodingKeys: String, CodingKey {
            case sampler, steps, guidance
            case conditionLevel = "condition_level"
            case clip, efforts
        }
    }

    /// L, the most frames of a segment.
    package var segmentFrames: Int { mtd.segmentFrames }

    /// By depth, how often the network is evaluated for a segment, at the most: a judge may have keyframes drawn more than once.
    package func evaluations(strides: [Int]) -> [Int] {
        sampling.efforts(strides: strides).enumerated().map { depth, effort in
            effort.evaluations * (depth == 0 ? judge?.draws ?? 1 : 1)
        }
    }

    /// How many frames the segments of a film may have: as many as is best for its length, since all of them have as many.
    package var segmentFrameRange: ClosedRange<Int> { (mtd.shortestSegment ?? segmentFrames)...segmentFrames }

    /// The latent of one frame: channels, height, width.
    package var latentShape: (channels: Int, height: Int, width: Int) {
        (vae.latentChannels, video.height / vae.outerFactor, video.width / vae.outerFactor)
    }

    /// Pictures as the encoder takes them: as large as the films or, with `vae.upscale`, smaller.
    package var entering: Video {
        Video(width: video.width / vae.enlargement, height: video.height / vae.enlargement)
    }
}

/// The type of the activations. Embeddings, the sampler's arithmetic and the networks' results are f32 in any case.
package enum Precision: String, Sendable, CaseIterable {
    /// bf16 where the processor has it natively, else f32.
    case automatic
    case f32
    case bf16
}
