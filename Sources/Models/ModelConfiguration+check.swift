extension ModelConfiguration {
    /// A value that no network can be built from.
    package struct Problem: Error {
        /// The key as in `model.json`, with dots between levels.
        package let key: String
        package let reason: String
    }

    /// No width, count or size is larger: beyond it is a mistake, and arithmetic on it could overflow.
    private static let largest = 65_536
    private static let mostScales = 16
    private static let largestUpscale = 16

    /// Throws the first ``Problem`` of values that are well-typed but do not fit together.
    package func check() throws {
        try checkVAE()
        try checkMTD()
        try checkVideo()
        try checkText()
        try checkSampling()
        if let judge { try check(judge) }
    }

    private func require(_ condition: Bool, _ key: String, _ reason: @autoclosure () -> String) throws {
        if !condition { throw Problem(key: key, reason: reason()) }
    }

    private func require(positive values: [(String, Int)]) throws {
        for (key, value) in values {
            try require((1...Self.largest).contains(value), key, "\(value) is not between 1 and \(Self.largest)")
        }
    }

    private func require(_ channels: [Int], _ key: String, divisibleBy divisor: Int, _ divisorKey: String) throws {
        let scales = 1...Self.mostScales
        try require(scales.contains(channels.count), key, "has \(channels.count) values, not 1 to \(Self.mostScales)")
        try require(positive: channels.map { (key, $0) })
        for c in channels {
            try require(c % divisor == 0, key, "\(c) is not a multiple of \(divisorKey) (\(divisor))")
        }
    }

    private func checkVAE() throws {
        try require(positive: [
            ("vae.latent_channels", vae.latentChannels), ("vae.patch", vae.patch), ("vae.groups", vae.groups),
            ("vae.heads", vae.heads), ("vae.encoder_blocks", vae.encoderBlocks),
            ("vae.decoder_blocks", vae.decoderBlocks),
        ])
        try require(vae.channels, "vae.channels", divisibleBy: vae.groups, "vae.groups")
        try require([vae.channels.last!], "vae.channels", divisibleBy: vae.heads, "vae.heads")
        try require(
            (1...Self.largestUpscale).contains(vae.enlargement), "vae.upscale",
            "\(vae.enlargement) is not between 1 and \(Self.largestUpscale)")
        try require(vae.temporalKernel % 2 == 1, "vae.temporal_kernel", "\(vae.temporalKernel) is not odd")
        for (key, values) in [("vae.latent_mean", vae.latentMean), ("vae.latent_std", vae.latentStd)] {
            try require(
                values.count == vae.latentChannels, key,
                "has \(values.count) values for \(vae.latentChannels) latent channels")
        }
        try require(vae.latentStd.allSatisfy { $0 > 0 }, "vae.latent_std", "has a value that is not positive")
    }

    private func checkMTD() throws {
        try require(positive: [
            ("mtd.groups", mtd.groups), ("mtd.heads", mtd.heads), ("mtd.feed_forward", mtd.feedForward),
            ("mtd.embedding", mtd.embedding),
        ])
        try require(mtd.segmentFrames >= 3, "mtd.segment_frames", "\(mtd.segmentFrames) is less than 3")
        try require(
            (3...mtd.segmentFrames).contains(mtd.shortestSegment ?? 3), "mtd.shortest_segment",
            "\(mtd.shortestSegment ?? 3) is not between 3 and mtd.segment_frames (\(mtd.segmentFrames))")
        try require(
            mtd.longestStride ?? 1 >= 1, "mtd.longest_stride", "\(mtd.longestStride ?? 1) is not positive")
        try require(mtd.channels, "mtd.channels", divisibleBy: mtd.groups, "mtd.groups")
        try require(mtd.channels, "mtd.channels", divisibleBy: mtd.heads, "mtd.heads")
        try require(mtd.temporalKernel % 2 == 1, "mtd.temporal_kernel", "\(mtd.temporalKernel) is not odd")
        try require(
            mtd.sinusoid > 0 && mtd.sinusoid % 2 == 0, "mtd.sinusoid", "\(mtd.sinusoid) is not even and positive")
        try require(
            mtd.latentChannels == vae.latentChannels, "mtd.latent_channels",
            "\(mtd.latentChannels), but vae.latent_channels is \(vae.latentChannels)")
        let scales = mtd.channels.count
        for (key, count) in [
            ("mtd.spatial_attention", mtd.spatialAttention.count),
            ("mtd.space_time_attention", mtd.spaceTimeAttention?.count ?? scales),
            ("mtd.deeper", mtd.deeper?.count ?? scales),
            ("mtd.condition_channels", mtd.conditionChannels.count), ("mtd.mask_channels", mtd.maskChannels.count),
        ] { try require(count == scales, key, "has \(count) values for \(scales) scales") }
        try require(
            mtd.deeper?.allSatisfy { (0...64).contains($0) } ?? true, "mtd.deeper", "has a value beyond 0 to 64")
        try require(mtd.conditionChannels.allSatisfy { $0 > 0 }, "mtd.condition_channels", "has a value below 1")
        try require(mtd.maskChannels.allSatisfy { $0 > 0 }, "mtd.mask_channels", "has a value below 1")
        try require(
            mtd.textWidth == text.width, "mtd.text_width", "\(mtd.textWidth), but text.width is \(text.width)")
    }

    private func checkVideo() throws {
        let sides = [("video.width", video.width), ("video.height", video.height)]
        try require(positive: sides)
        // The denoiser halves the latents between its scales, the autoencoder the pixels.
        let multiple = vae.outerFactor << (mtd.channels.count - 1)
        for (key, side) in sides { try require(side % multiple == 0, key, "\(side) is not a multiple of \(multiple)") }
    }

    private func checkText() throws {
        try require(positive: [
            ("text.heads", text.heads), ("text.layers", text.layers), ("text.feed_forward", text.feedForward),
            ("text.max_tokens", text.maxTokens),
        ])
        try require([text.width], "text.width", divisibleBy: text.heads, "text.heads")
        try require(
            text.vocabulary.starts(with: Tokenizer.special), "text.vocabulary",
            "does not begin with \(Tokenizer.special.joined(separator: ", "))")
        try require(
            Set(text.vocabulary).count == text.vocabulary.count, "text.vocabulary", "has the same word more than once")
    }

    private func checkSampling() throws {
        try require(
            (2...Self.largest).contains(diffusion.steps), "diffusion.steps",
            "\(diffusion.steps) is not between 2 and \(Self.largest)")
        try require(
            (0...1).contains(diffusion.sharedNoise), "diffusion.shared_noise",
            "\(diffusion.sharedNoise) is not between 0 and 1")
        try require(!sampling.steps.isEmpty, "sampling.steps", "is empty")
        for steps in sampling.steps {
            try require(
                (1...diffusion.steps).contains(steps), "sampling.steps",
                "\(steps) is not between 1 and diffusion.steps (\(diffusion.steps))")
        }
        for rule in sampling.efforts ?? [] {
            let effort = rule.effort
            try require(
                rule.known != .start, "sampling.efforts", "known = start: of a segment nothing or both ends are known")
            try require(
                (1...diffusion.steps).contains(effort.steps) && rule.stride >= 1, "sampling.efforts",
                "\(effort.steps) steps from stride \(rule.stride) on: steps are 1 to diffusion.steps (\(diffusion.steps)), strides positive"
            )
            try require(
                effort.orphanGuidance == nil || effort.guidance != 1, "sampling.efforts",
                "orphan_guidance beside guidance 1, which has no pass without the prompt")
        }
        try require(!sampling.guidance.isEmpty, "sampling.guidance", "is empty")
        try require(
            (0..<diffusion.steps).contains(sampling.conditionLevel), "sampling.condition_level",
            "\(sampling.conditionLevel) is not between 0 and \(diffusion.steps - 1)")
        try require(sampling.clip > 0, "sampling.clip", "\(sampling.clip) is not positive")
    }

    private func check(_ judge: Judge) throws {
        try require(
            entering.width % Judge.side == 0 && entering.height % Judge.side == 0, "judge",
            "sees pictures whose sides are multiples of \(Judge.side), not \(entering.width)x\(entering.height)")
        try require(
            (1...4096).contains(judge.channels), "judge.channels", "\(judge.channels) is not between 1 and 4096")
        try require((2...100).contains(judge.draws), "judge.draws", "\(judge.draws) is not between 2 and 100")
        let names = judge.names.map { $0.lowercased() }
        try require(
            !names.isEmpty && names.allSatisfy(Tokenizer.isWord) && Set(names).count == names.count, "judge.names",
            "are words of prompts, one at least, none of them twice")
        let channels = 0..<judge.channels
        try require(
            judge.heats.count == names.count && judge.heats.allSatisfy(channels.contains), "judge.heats",
            "is not a channel below judge.channels (\(judge.channels)) for each of judge.names")
        for trait in judge.traits ?? [] {
            let alternatives = trait.words.count
            try require(
                alternatives >= 2 && (alternatives - 1...alternatives).contains(trait.channels.count), "judge.traits",
                "words are for \(alternatives) alternatives, channels for \(trait.channels.count): two alternatives at least, and a channel for each, or for all but the last"
            )
            try require(
                trait.channels.allSatisfy { channel in
                    channels.contains(channel) && judge.heats.allSatisfy { channels.contains($0 + channel) }
                }, "judge.traits", "channels beyond judge.channels (\(judge.channels))")
            try require(
                (trait.words.joined() + (trait.only ?? [])).allSatisfy(Tokenizer.isWord), "judge.traits",
                "words are not words of prompts, in small letters")
            try require(
                trait.ways.map { ways in
                    ways.count == alternatives && ways.allSatisfy { (-1...1).contains($0 ?? 0) }
                } ?? true, "judge.traits", "ways are not 1, 0, -1 or null for each alternative")
            try require(
                (1...100_000).contains(trait.wayFrames ?? 1), "judge.traits", "way_frames is not between 1 and 100000")
        }
    }
}
