import Foundation
import Models
package import Tensors

/// MTD, the mask temporal diffusion denoiser: a 3D UNet that takes one prompt per frame and a masked visual condition,
/// injected at every scale into the down and up blocks (NUWA-XL section 3.2, eq. 6-15).
///
/// What stays the same over the steps of a segment is computed once, as a ``Context``: the condition's scale and shift and the
/// prompts' keys and values for every block.
package struct MTD: Sendable {
    let configuration: ModelConfiguration.MTD
    let timeIn: Linear
    let stride: Linear
    let conditionLevel: Linear
    let pooledText: Linear
    /// Of ``runs(of:frames:)``.
    let runs: Linear?
    /// Of ``runMeans(of:_:)``.
    let runMean: Conv2d?
    let position: Parameter
    let timeOut: Linear
    let condition: Cascade
    let mask: Cascade
    let convIn: Conv2d
    /// By scale: the paper's block, then those that ``ModelConfiguration/MTD/deeper`` asks for.
    let downBlocks: [[Block]]
    let downs: [Conv2d]
    let middle: Block
    let upBlocks: [Block]
    let ups: [Conv2d]
    let normOut: NormSiLU
    let convOut: Conv2d
    /// 1 + this is the share of the parents' cross-fade that goes straight to the prediction.
    let fade: Linear?

    /// Layers that a network which was trained without them may get; zero at their ends, they change nothing at first.
    static let addable: Set<String> = ["space_time_attention", "runs", "run_mean", "deeper"]

    init(_ weights: Weights, _ c: ModelConfiguration.MTD) throws {
        configuration = c
        let last = c.channels.count - 1
        timeIn = try Linear(weights["time_in"], c.sinusoid, c.embedding)
        stride = try Linear(weights["stride"], c.sinusoid, c.embedding)
        conditionLevel = try Linear(weights["condition_level"], c.sinusoid, c.embedding)
        pooledText = try Linear(weights["pooled_text"], c.textWidth, c.embedding)
        runs = c.seesRuns ? try Linear(weights["runs"], 4, c.embedding, bias: false, zero: true) : nil
        position = try weights.parameter("position", [c.segmentFrames, c.embedding], .zero)
        timeOut = try Linear(weights["time_out"], c.embedding, c.embedding)
        condition = try Cascade(weights["condition"], c.conditionWidth, c.conditionChannels)
        mask = try Cascade(weights["mask"], 1, c.maskChannels)
        convIn = try Conv2d(weights["conv_in"], c.latentChannels, c.channels[0])
        runMean =
            c.seesRunMean
            ? try Conv2d(weights["run_mean"], c.latentChannels, c.channels[0], zero: true) : nil
        downBlocks = try c.channels.enumerated().map { scale, n in
            let further = try (0..<c.furtherBlocks(scale: scale)).map {
                try Block(weights["deeper"][scale][$0], n, scale: scale, c, added: true)
            }
            return [try Block(weights["down_blocks"][scale], n, scale: scale, c)] + further
        }
        downs = try zip(c.channels, c.channels.dropFirst()).enumerated().map {
            try Conv2d(weights["downs"][$0], $1.0, $1.1, stride: 2)
        }
        middle = try Block(weights["middle"], c.channels[last], scale: last, c)
        upBlocks = try (0...last).reversed().enumerated().map { i, scale in
            try Block(weights["up_blocks"][i], 2 * c.channels[scale], scale: scale, c)
        }
        ups = try (0..<last).reversed().enumerated().map { i, scale in
            try Conv2d(weights["ups"][i], c.channels[scale + 1], c.channels[scale])
        }
        normOut = try NormSiLU(weights["norm_out"], c.channels[0], groups: c.groups)
        convOut = try Conv2d(weights["conv_out"], c.channels[0], c.latentChannels, zero: true)
        fade = c.between == .crossfade ? try Linear(weights["fade"], c.embedding, c.latentChannels, zero: true) : nil
    }

    private var blocks: [Block] { downBlocks.joined() + [middle] + upBlocks }

    // MARK: What holds for all steps of a segment

    /// A visual condition, brought to every block. It does not depend on the prompts, so guided and unguided share it.
    package struct Visual {
        /// nil: pictures that are no neighbours in time, so that all temporal layers are left out, and the condition with them.
        let frames: Int?
        /// Of the activations.
        let type: ElementType
        /// By block; nil for pictures.
        let modulations: [Block.Modulation?]
        /// The parents' cross-fade, its sign turned; none where the model has no ``MTD/fade``, and for pictures.
        let negativeCrossfade: Tensor?
    }

    /// Everything but the noisy latents and the timesteps.
    package struct Context {
        let visual: Visual
        /// Stride, condition level, positions and pooled text, [N, E] f32.
        let embedding: Tensor
        let prompts: [Attention.Keys]
        /// Frames of one segment and prompt, for ``MTD/runMeans(of:_:)``; none where the network sees no means.
        let runs: [[Int]]
    }

    /// - Parameters:
    ///   - condition: [B, F, h, w, ``ModelConfiguration/MTD/conditionWidth``] f32: by frame the latent that is given, or what
    ///     stands between the given ones; behind it, with a cross-fade, how these differ.
    ///   - mask: by frame, N = B*F values: 1 where it is given, else 0.
    ///   - type: of the activations.
    package func visual(condition x: Tensor, mask given: [Float], type: ElementType) -> Visual {
        let (b, f, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3], x.shape[4])
        let planes = given.flatMap { [Float](repeating: $0, count: h * w) }
        let flat = x.reshaped([b * f, h, w, c])
        let conditions = condition(flat)
        let masks = mask(Tensor(planes, shape: [b * f, h, w, 1]))
        let modulations = blocks.map { $0.modulation(conditions[$0.scale], masks[$0.scale], type: type) }
        let crossfade = fade.map { _ in slice(flat, axis: 3, 0..<configuration.latentChannels) }
        return Visual(
            frames: f, type: type, modulations: modulations,
            negativeCrossfade: crossfade.map { scaled($0, by: -1) })
    }

    /// The conditions of a batch of segments, all of as many frames.
    /// - Parameter height, width: of a latent
    package func visual(of conditions: [Condition], height: Int, width: Int, type: ElementType) -> Visual {
        let values = conditions.flatMap {
            $0.values(pixels: height * width, channels: configuration.latentChannels)
        }
        let shape: Shape = [
            conditions.count, conditions[0].mask.count, height, width, configuration.conditionWidth,
        ]
        return visual(condition: Tensor(values, shape: shape), mask: conditions.flatMap(\.mask), type: type)
    }

    /// What single pictures have in place of a visual condition.
    package func pictures(type: ElementType) -> Visual {
        Visual(frames: nil, type: type, modulations: blocks.map { _ in nil }, negativeCrossfade: nil)
    }

    /// - Parameters:
    ///   - text: the distinct prompts.
    ///   - prompts: which of them each of the N frames has.
    ///   - strides: by segment of the batch (by picture), in film frames.
    ///   - levels: by segment, the timestep of the noise on the condition.
    package func context(
        visual: Visual, text: EncodedText, prompts: [Int], strides: [Int], levels: [Int]
    ) -> Context {
        let (n, f, width) = (prompts.count, visual.frames ?? 1, configuration.sinusoid)
        // 100 spreads log2 stride (0 ... 16) over the range that the frequencies tell apart.
        let shared = add(
            stride(sinusoids(strides.map { 100 * log2(Float($0)) }, width: width)),
            conditionLevel(sinusoids(levels.map(Float.init), width: width)))
        let starts = slice(text.vectors, axis: 1, 0..<1).reshaped([text.lengths.count, configuration.textWidth])
        var e = add(gather(shared, (0..<n).map { $0 / f }), gather(pooledText(starts), prompts))
        if visual.frames != nil {
            e = add(e, embedding(position, (0..<n).map { $0 % f }))
            if let runs { e = add(e, runs(Tensor(Self.runs(of: prompts, frames: f), shape: [n, 4]))) }
        }
        let vectors = cast(text.vectors, visual.type)
        return Context(
            visual: visual, embedding: e,
            prompts: blocks.map { $0.promptAttention.keys(vectors, lengths: text.lengths, items: prompts) },
            runs: runMean == nil || visual.frames == nil ? [] : Self.framesOfPrompts(prompts, frames: f))
    }

    /// Where in a segment each frame's prompt holds: 1 or 0 for whether the frame before has the same one, the frame behind, the
    /// segment's first frame, its last. [N, 4], one row after the other.
    static func runs(of prompts: [Int], frames: Int) -> [Float] {
        var rows: [Float] = []
        for i in prompts.indices {
            let (first, last) = (i - i % frames, i - i % frames + frames - 1)
            func same(_ other: Int) -> Float { prompts[other] == prompts[i] ? 1 : 0 }
            rows += [i == first ? 0 : same(i - 1), i == last ? 0 : same(i + 1), same(first), same(last)]
        }
        return rows
    }

    /// The frames that have one prompt, of each segment.
    static func framesOfPrompts(_ prompts: [Int], frames: Int) -> [[Int]] {
        Swift.stride(from: 0, to: prompts.count, by: frames).flatMap { first in
            Dictionary(grouping: first..<first + frames) { prompts[$0] }.values
        }
    }

    /// By frame the mean of all frames of its run. What rests stands where it stands in every one of them, and the noise, which each has for
    /// itself, is less in their mean.
    ///
    /// - Parameters:
    ///   - x: latents of N frames, one after another.
    ///   - runs: each frame in one of them.
    static func runMeans(of x: [Float], _ runs: [[Int]]) -> [Float] {
        let size = x.count / runs.reduce(0) { $0 + $1.count }
        var means = [Float](repeating: 0, count: x.count)
        for run in runs {
            for place in 0..<size {
                let mean = run.reduce(Float(0)) { $0 + x[$1 * size + place] } / Float(run.count)
                for frame in run { means[frame * size + place] = mean }
            }
        }
        return means
    }

    // MARK: One step

    /// - Parameters:
    ///   - x: noisy latents [B, F, h, w, c] f32; F = 1 for pictures.
    ///   - timesteps: by frame, N values.
    ///   - watch: is shown what is known at each scale, on the way down and again on the way up: [N, H, W, C].
    /// - Returns: the prediction (noise or velocity, as the model was trained), shaped like x, f32.
    package func predict(
        _ x: Tensor, timesteps: [Float], _ context: Context,
        watch: (_ scale: Int, _ activations: Tensor) -> Void = { _, _ in }
    ) -> Tensor {
        let visual = context.visual
        let t = timeIn(sinusoids(timesteps, width: configuration.sinusoid))
        let time = silu(timeOut(silu(add(t, context.embedding))))
        // In the order of ``blocks``.
        var given = zip(visual.modulations, context.prompts).makeIterator()
        func run(_ block: Block, _ h: Tensor) -> Tensor {
            guard let (modulation, prompts) = given.next() else { preconditionFailure("a context of another network") }
            return block(h, time: time, modulation: modulation, prompts: prompts, frames: visual.frames)
        }

        let flat = x.reshaped([x.shape[0] * x.shape[1], x.shape[2], x.shape[3], x.shape[4]])
        var y = convIn(flat)
        if let runMean, visual.frames != nil {
            let means = Self.runMeans(of: x.values(), context.runs)
            y = add(y, runMean(Tensor(means, shape: flat.shape)))
        }
        y = cast(y, visual.type)
        var skips: [Tensor] = []
        for (i, blocks) in downBlocks.enumerated() {
            for block in blocks { y = run(block, y) }
            watch(i, y)
            skips.append(y)
            if i < downs.count { y = downs[i](y) }
        }
        y = run(middle, y)
        for (i, block) in upBlocks.enumerated() {
            y = run(block, concat(skips.removeLast(), y))  // eq. 6: [s ; h_in]
            watch(block.scale, y)
            if i < ups.count { y = ups[i].upsampling(y) }
        }
        y = convOut(cast(normOut(y), .f32))
        if let fade, let crossfade = visual.negativeCrossfade {
            let more = fade(time)
            y = add(y, modulatePerItem(crossfade, scale: more, shift: Tensor(zeros: more.shape)))
        }
        return y.reshaped(x.shape)
    }

    // MARK: Parts

    /// The condition, or its mask, brought to every scale by convolutions.
    struct Cascade {
        let convs: [Conv2d]

        init(_ weights: Weights, _ cIn: Int, _ channels: [Int]) throws {
            convs = try zip([cIn] + channels, channels).enumerated().map {
                try Conv2d(weights["convs"][$0], $1.0, $1.1, stride: $0 == 0 ? 1 : 2)
            }
        }

        func callAsFunction(_ x: Tensor) -> [Tensor] {
            var (scales, y) = ([Tensor](), x)
            for conv in convs {
                y = silu(conv(y))
                scales.append(y)
            }
            return scales
        }
    }

    /// Figure 3: conv to C channels, time, spatial conv, temporal conv, condition, mask, SA, PA, TA (and a feed-forward layer).
    struct Block {
        let scale: Int
        let normIn: NormSiLU
        let convIn: Conv2d
        let time: Linear
        let normSpatial: NormSiLU
        let spatial: Conv2d
        let temporal: TemporalConv
        let shortcut: Conv2d?
        /// Scale w^c, then shift b^c.
        let condition: Conv2d
        /// Scale w^m, then shift b^m.
        let mask: Conv2d
        let spatialAttention: Attention?
        let promptAttention: Attention
        let temporalAttention: TemporalAttention
        let spaceTimeAttention: SpaceTimeAttention?
        let feedForward: FeedForward

        /// - Parameter added: whether it changes nothing before training, for networks that were trained without it.
        init(_ weights: Weights, _ cIn: Int, scale: Int, _ c: ModelConfiguration.MTD, added: Bool = false) throws {
            let channels = c.channels[scale]
            self.scale = scale
            normIn = try NormSiLU(weights["norm_in"], cIn, groups: c.groups)
            convIn = try Conv2d(weights["conv_in"], cIn, channels)
            time = try Linear(weights["time"], c.embedding, channels)
            normSpatial = try NormSiLU(weights["norm_spatial"], channels, groups: c.groups)
            spatial = try Conv2d(weights["spatial"], channels, channels, zero: added)
            temporal = try TemporalConv(weights["temporal"], channels, kernel: c.temporalKernel)
            shortcut = cIn == channels ? nil : try Conv2d(weights["shortcut"], cIn, channels, kernel: 1)
            condition = try Conv2d(
                weights["condition"], c.conditionChannels[scale], 2 * channels, kernel: 1, zero: true)
            mask = try Conv2d(weights["mask"], c.maskChannels[scale], 2 * channels, kernel: 1, zero: true)
            spatialAttention =
                c.spatialAttention[scale]
                ? try Attention(weights["spatial_attention"], channels, heads: c.heads, zero: added) : nil
            promptAttention = try Attention(
                weights["prompt_attention"], channels, heads: c.heads, context: c.textWidth, zero: added)
            temporalAttention = try TemporalAttention(weights["temporal_attention"], channels, heads: c.heads)
            spaceTimeAttention =
                c.hasSpaceTimeAttention(scale: scale)
                ? try SpaceTimeAttention(weights["space_time_attention"], channels, heads: c.heads) : nil
            feedForward = try FeedForward(weights["feed_forward"], channels, factor: c.feedForward, zero: added)
        }

        /// h := h*scale + shift + h, [N, H, W, C] both.
        struct Modulation {
            let scale: Tensor
            let shift: Tensor
        }

        /// Condition and mask (eq. 10, eq. 11), one after the other, are one modulation:
        /// h + wc*h + bc, then the same with m, is h*(1 + w) + b with w = wc*wm + wc + wm and b = bc*wm + bc + bm.
        func modulation(_ c: Tensor, _ m: Tensor, type: ElementType) -> Modulation {
            let (c, m) = (condition(c), mask(m))
            let channels = c.shape[3] / 2
            let (wc, bc) = (slice(c, axis: 3, 0..<channels), slice(c, axis: 3, channels..<2 * channels))
            let (wm, bm) = (slice(m, axis: 3, 0..<channels), slice(m, axis: 3, channels..<2 * channels))
            return Modulation(
                scale: cast(modulate(wc, scale: wm, shift: wm), type),
                shift: cast(modulate(bc, scale: wm, shift: bm), type))
        }

        /// x: [N, H, W, Cin]; time: SiLU of the embedding, [N, E] f32.
        func callAsFunction(
            _ x: Tensor, time embedding: Tensor, modulation: Modulation?, prompts: Attention.Keys, frames: Int?
        ) -> Tensor {
            var h = addPerItem(convIn(normIn(x)), cast(time(embedding), x.type))  // eq. 7
            h = spatial(normSpatial(h))  // eq. 8
            let other = shortcut?(x) ?? x
            h = frames.map { temporal(h, frames: $0, adding: other) } ?? add(h, other)  // eq. 9
            if let modulation { h = modulate(h, scale: modulation.scale, shift: modulation.shift) }
            let (n, height, width, c) = (h.shape[0], h.shape[1], h.shape[2], h.shape[3])
            h = h.reshaped([n, height * width, c])
            if let spatialAttention { h = spatialAttention(h) }
            h = promptAttention(h, prompts)
            if let frames {
                h = temporalAttention(h, frames: frames)
                if let spaceTimeAttention { h = spaceTimeAttention(h, frames: frames) }
            }
            return feedForward(h).reshaped([n, height, width, c])
        }
    }
}
