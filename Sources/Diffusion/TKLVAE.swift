import Models
package import Tensors

/// T-KLVAE: an image KL autoencoder with a temporal convolution after each spatial one and a temporal attention after each
/// spatial attention, in encoder and decoder (NUWA-XL section 3.1). F frames in, F latents out. `frames: nil` leaves the temporal
/// layers out and takes every frame for a picture of its own.
package struct TKLVAE: Sendable {
    let encoder: Encoder
    let decoder: Decoder
    let configuration: ModelConfiguration.VAE

    init(_ weights: Weights, _ c: ModelConfiguration.VAE) throws {
        encoder = try Encoder(weights["encoder"], c)
        decoder = try Decoder(weights["decoder"], c)
        configuration = c
    }

    /// pixels [N, H, W, 3] in -1...1, f32 -> mean and log variance of the latents, [N, h, w, c] f32, neither normalised nor
    /// clamped.
    package func posterior(_ pixels: Tensor, frames: Int?, type: ElementType) -> (mean: Tensor, logVariance: Tensor) {
        let y = encoder(pixels, frames: frames, type: type)
        let c = configuration.latentChannels
        return (slice(y, axis: 3, 0..<c), slice(y, axis: 3, c..<2 * c))
    }

    /// pixels [F, H, W, 3] in -1...1, f32 -> normalised latents: the mean of the posterior.
    ///
    /// - Parameter frames: F, or nil for pictures that are no neighbours in time.
    package func encode(_ pixels: Tensor, frames: Int?, type: ElementType) -> Latents {
        let z = posterior(pixels, frames: frames, type: type).mean
        let channels = configuration.latentChannels
        let values = z.values().enumerated().map { i, value in
            (value - Float(configuration.latentMean[i % channels])) / Float(configuration.latentStd[i % channels])
        }
        return Latents(frames: z.shape[0], height: z.shape[1], width: z.shape[2], channels: channels, values: values)
    }

    /// Normalised latents -> pixels [F, H, W, 3] f32, about -1...1; H and W are `upscale` times those of what was encoded.
    package func decode(_ latents: Latents, type: ElementType) -> Tensor {
        let values = latents.values.enumerated().map { i, value in
            value * Float(configuration.latentStd[i % latents.channels])
                + Float(configuration.latentMean[i % latents.channels])
        }
        let z = Tensor(values, shape: [latents.frames, latents.height, latents.width, latents.channels])
        return decode(z, frames: latents.frames, type: type)
    }

    /// Latents [N, h, w, c] f32 as they are in the posterior, not normalised -> pixels, as of the normalised ones.
    package func decode(_ z: Tensor, frames: Int?, type: ElementType) -> Tensor {
        decoder(z, frames: frames, type: type)
    }

    /// A spatial 3x3 convolution and the temporal one after it.
    struct Conv {
        let spatial: Conv2d
        let temporal: TemporalConv

        init(_ weights: Weights, _ cIn: Int, _ cOut: Int, kernel: Int, stride: Int = 1) throws {
            spatial = try Conv2d(weights["spatial"], cIn, cOut, stride: stride)
            temporal = try TemporalConv(weights["temporal"], cOut, kernel: kernel)
        }

        /// - Parameters:
        ///   - residual: what to add to the result, of its shape.
        ///   - output: type of the result, x's unless given.
        func callAsFunction(
            _ x: Tensor, frames: Int?, adding residual: Tensor? = nil, output: ElementType? = nil
        ) -> Tensor {
            let y = spatial(x, output: output)
            if let frames { return temporal(y, frames: frames, adding: residual) }
            return residual.map { add($0, y) } ?? y
        }

        /// Of x, each of its pixels first made four.
        func upsampling(_ x: Tensor, frames: Int?) -> Tensor {
            let y = spatial.upsampling(x)
            return frames.map { temporal(y, frames: $0) } ?? y
        }
    }

    struct ResBlock {
        let norm1: NormSiLU
        let conv1: Conv
        let norm2: NormSiLU
        let conv2: Conv

        init(_ weights: Weights, _ channels: Int, _ c: ModelConfiguration.VAE) throws {
            norm1 = try NormSiLU(weights["norm1"], channels, groups: c.groups)
            conv1 = try Conv(weights["conv1"], channels, channels, kernel: c.temporalKernel)
            norm2 = try NormSiLU(weights["norm2"], channels, groups: c.groups)
            conv2 = try Conv(weights["conv2"], channels, channels, kernel: c.temporalKernel)
        }

        func callAsFunction(_ x: Tensor, frames: Int?) -> Tensor {
            let h = conv1(norm1(x), frames: frames)
            return conv2(norm2(h), frames: frames, adding: x)
        }
    }

    /// Block, spatial attention, temporal attention, block, at the coarsest scale.
    struct Middle {
        let block1: ResBlock
        let spatialAttention: Attention
        let temporalAttention: TemporalAttention
        let block2: ResBlock

        init(_ weights: Weights, _ channels: Int, _ c: ModelConfiguration.VAE) throws {
            block1 = try ResBlock(weights["block1"], channels, c)
            spatialAttention = try Attention(weights["spatial_attention"], channels, heads: c.heads)
            temporalAttention = try TemporalAttention(weights["temporal_attention"], channels, heads: c.heads)
            block2 = try ResBlock(weights["block2"], channels, c)
        }

        func callAsFunction(_ x: Tensor, frames: Int?) -> Tensor {
            let y = block1(x, frames: frames)
            var h = spatialAttention(y.reshaped([y.shape[0], y.shape[1] * y.shape[2], y.shape[3]]))
            if let frames { h = temporalAttention(h, frames: frames) }
            return block2(h.reshaped(y.shape), frames: frames)
        }
    }

    struct Encoder {
        let patch: Int
        let convIn: Conv
        let scales: [[ResBlock]]
        let downs: [Conv]
        let middle: Middle
        let normOut: NormSiLU
        let convOut: Conv

        init(_ weights: Weights, _ c: ModelConfiguration.VAE) throws {
            let (k, channels) = (c.temporalKernel, c.channels)
            patch = c.patch
            convIn = try Conv(weights["conv_in"], 3 * c.patch * c.patch, channels[0], kernel: k)
            scales = try channels.enumerated().map { scale, n in
                try (0..<c.encoderBlocks).map { try ResBlock(weights["levels"][scale][$0], n, c) }
            }
            downs = try zip(channels, channels.dropFirst()).enumerated().map {
                try Conv(weights["downs"][$0], $1.0, $1.1, kernel: k, stride: 2)
            }
            middle = try Middle(weights["middle"], channels[channels.count - 1], c)
            normOut = try NormSiLU(weights["norm_out"], channels[channels.count - 1], groups: c.groups)
            convOut = try Conv(weights["conv_out"], channels[channels.count - 1], 2 * c.latentChannels, kernel: k)
        }

        func callAsFunction(_ pixels: Tensor, frames: Int?, type: ElementType) -> Tensor {
            var x = convIn(cast(pixelUnshuffle(pixels, by: patch), type), frames: frames)
            for (i, blocks) in scales.enumerated() {
                for block in blocks { x = block(x, frames: frames) }
                if i < downs.count { x = downs[i](x, frames: frames) }
            }
            x = middle(x, frames: frames)
            return convOut(normOut(x), frames: frames, output: .f32)
        }
    }

    struct Decoder {
        let patch: Int
        let convIn: Conv
        let middle: Middle
        let scales: [[ResBlock]]
        let ups: [Conv]
        let normOut: NormSiLU
        let convOut: Conv

        init(_ weights: Weights, _ c: ModelConfiguration.VAE) throws {
            let (k, channels) = (c.temporalKernel, [Int](c.channels.reversed()))  // coarse to fine
            patch = c.outerPatch
            convIn = try Conv(weights["conv_in"], c.latentChannels, channels[0], kernel: k)
            middle = try Middle(weights["middle"], channels[0], c)
            scales = try channels.enumerated().map { scale, n in
                try (0..<c.decoderBlocks).map { try ResBlock(weights["levels"][scale][$0], n, c) }
            }
            ups = try zip(channels, channels.dropFirst()).enumerated().map {
                try Conv(weights["ups"][$0], $1.0, $1.1, kernel: k)
            }
            normOut = try NormSiLU(weights["norm_out"], channels[channels.count - 1], groups: c.groups)
            convOut = try Conv(weights["conv_out"], channels[channels.count - 1], 3 * patch * patch, kernel: k)
        }

        func callAsFunction(_ z: Tensor, frames: Int?, type: ElementType) -> Tensor {
            var x = middle(cast(convIn(z, frames: frames), type), frames: frames)
            for (i, blocks) in scales.enumerated() {
                for block in blocks { x = block(x, frames: frames) }
                if i < ups.count { x = ups[i].upsampling(x, frames: frames) }
            }
            return pixelShuffle(convOut(normOut(x), frames: frames, output: .f32), by: patch)
        }
    }
}
