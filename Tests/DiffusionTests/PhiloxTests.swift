import Testing

@testable import Diffusion

@Suite struct PhiloxTests {
    /// philox4x32-10 in `kat_vectors` of Random123 (D. E. Shaw Research).
    @Test(
        "Philox4x32-10 gives Random123's known answers",
        arguments: [
            (SIMD4<UInt32>(repeating: 0), [0, 0], SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
            (
                SIMD4<UInt32>(repeating: .max), [.max, .max],
                SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
            ),
            (
                SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), [0xa409_3822, 0x299f_31d0],
                SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
            ),
        ] as [(SIMD4<UInt32>, [UInt32], SIMD4<UInt32>)])
    func knownAnswers(counter: SIMD4<UInt32>, key: [UInt32], words: SIMD4<UInt32>) {
        #expect(Philox(key: (key[0], key[1])).words(counter) == words)
    }

    @Test("Noise has mean 0 and variance 1")
    func moments() {
        let values = Noise(seed: 7, depth: 1, shared: 0).normals(.sampler, step: 0, frame: 12, count: 40_000).map(
            Double.init)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(abs(mean) < 0.02)
        #expect(abs(variance - 1) < 0.03)
        #expect(values.allSatisfy { abs($0) < 7 })
    }

    @Test("Noise depends on seed, depth, frame, step and stream, and on nothing else")
    func keys() {
        let noise = Noise(seed: 7, depth: 1, shared: 0)
        let base = noise.normals(.sampler, step: 2, frame: 12, count: 30)
        #expect(noise.normals(.sampler, step: 2, frame: 12, count: 30) == base)
        #expect(
            Noise(seed: 7, depth: 1, shared: 0).normals(.sampler, step: 2, frame: 12, count: 17)
                == Array(base.prefix(17)))
        #expect(noise.sampler(step: 2, frames: [3, 12], count: 30).suffix(30) == base[...])
        let others = [
            Noise(seed: 8, depth: 1, shared: 0).normals(.sampler, step: 2, frame: 12, count: 30),
            Noise(seed: 7 + 1 << 32, depth: 1, shared: 0).normals(.sampler, step: 2, frame: 12, count: 30),
            Noise(seed: 7, depth: 2, shared: 0).normals(.sampler, step: 2, frame: 12, count: 30),
            noise.normals(.sampler, step: 3, frame: 12, count: 30),
            noise.normals(.sampler, step: 2, frame: 13, count: 30),
            noise.normals(.condition, step: 2, frame: 12, count: 30),
            noise.normals(.shared, step: 2, frame: 12, count: 30),
        ]
        for other in others { #expect(Set(other).isDisjoint(with: base)) }
    }

    @Test("Two frames' noise correlates by the share that they have in common", arguments: [0, 0.5, 1])
    func shared(share: Double) {
        let noise = Noise(seed: 7, depth: 1, shared: share)
        let both = noise.sampler(step: 0, frames: [3, 12], count: 40_000).map(Double.init)
        let (a, b) = (both.prefix(40_000), both.suffix(40_000))
        let variance = a.reduce(0) { $0 + $1 * $1 } / 40_000
        let covariance = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / 40_000
        #expect(abs(variance - 1) < 0.03)
        #expect(abs(covariance - share) < 0.03)
    }

    @Test("A frame's noise is the same in every segment that has it, beside whatever other frames")
    func placeInSegment() {
        let noise = Noise(seed: 7, depth: 1, shared: 0.5)
        let here = noise.sampler(step: 0, frames: [3, 12], count: 30).suffix(30)
        let there = noise.sampler(step: 0, frames: [12, 99, 100], count: 30).prefix(30)
        #expect(Array(here) == Array(there))
    }
}
