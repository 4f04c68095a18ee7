import Tensors
import Models
import Testing

@testable import Diffusion

/// Each kind of block against the twin's, with the weights that it has somewhere in the tiny model.
@Suite struct LayerTests {
    let model: Model
    let golden: Golden

    init() throws {
        model = try Model.load(directory: Fixtures.tiny, precision: .f32)
        golden = try Golden("tiny", "layers")
    }

    private func check(_ name: String, _ type: ElementType, _ layer: (Tensor) throws -> Tensor) throws {
        let y = try layer(golden.tensor("\(name).x", type: type))
        #expect(y.type == type)
        try compare("\(name).y", type, y)
    }

    private func compare(_ name: String, _ type: ElementType, _ y: Tensor) throws {
        let difference = Difference("\(name) \(type)", y.values(), try golden.values(name))
        print(difference)
        #expect(difference.relative < type.tolerance)
    }

    private func prompts(_ type: ElementType, for attention: Attention) throws -> Attention.Keys {
        let text = model.text.encode(try golden.metadata("prompts"))
        return attention.keys(cast(text.vectors, type), lengths: text.lengths, items: Array(text.lengths.indices))
    }

    @Test("Convolutions and norms", arguments: ElementType.supported)
    func convolutions(type: ElementType) throws {
        try check("norm_silu", type) { model.mtd.normOut($0) }
        try check("conv_stride_2", type) { model.mtd.downs[0]($0) }
        try check("temporal_conv", type) { model.mtd.middle.temporal($0, frames: 4) }
    }

    @Test("Attention over space, prompts and time, and the feed-forward layer", arguments: ElementType.supported)
    func attention(type: ElementType) throws {
        let middle = model.mtd.middle
        let spatial = try #require(middle.spatialAttention)
        try check("attention", type) { spatial($0) }
        let prompts = try prompts(type, for: middle.promptAttention)
        try check("prompt_attention", type) { middle.promptAttention($0, prompts) }
        try check("temporal_attention", type) { middle.temporalAttention($0, frames: 4) }
        try check("feed_forward", type) { middle.feedForward($0) }
    }

    @Test("Blocks of T-KLVAE", arguments: ElementType.supported)
    func vae(type: ElementType) throws {
        try check("vae_conv", type) { model.vae.decoder.convIn($0, frames: 4) }
        let block = try #require(model.vae.decoder.scales.last?.first)
        try check("vae_block", type) { block($0, frames: 4) }
        try check("vae_middle", type) { model.vae.encoder.middle($0, frames: 4) }
    }

    @Test("The cascades of the condition and of its mask")
    func cascades() throws {
        let condition = model.mtd.condition(try golden.tensor("cascade.x"))
        let mask = model.mtd.mask(try golden.tensor("cascade.planes"))
        for scale in 0..<3 {
            try compare("cascade.condition.\(scale)", .f32, condition[scale])
            try compare("cascade.mask.\(scale)", .f32, mask[scale])
        }
    }

    @Test("Blocks of MTD: plain, with spatial attention, with a shortcut", arguments: ElementType.supported)
    func blocks(type: ElementType) throws {
        let condition = model.mtd.condition(try golden.tensor("cascade.x"))
        let mask = model.mtd.mask(try golden.tensor("cascade.planes"))
        let time = silu(try golden.tensor("embedding"))
        let blocks = [
            ("block_plain", model.mtd.downBlocks[0][0]), ("block_attention", model.mtd.downBlocks[1][0]),
            ("block_shortcut", model.mtd.upBlocks[1]),
        ]
        for (name, block) in blocks {
            let modulation = block.modulation(condition[block.scale], mask[block.scale], type: type)
            let prompts = try prompts(type, for: block.promptAttention)
            try check(name, type) { block($0, time: time, modulation: modulation, prompts: prompts, frames: 4) }
        }
    }
}
