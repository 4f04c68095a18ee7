import Foundation

/// Philox4x32-10, a counter-based generator: any number of its stream can be made without those before it
/// (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
struct Philox {
    let key: (UInt32, UInt32)

    init(key: (UInt32, UInt32)) { self.key = key }

    init(seed: UInt64) { self.init(key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))) }

    /// The four random words of a counter.
    func words(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
        var c = counter
        var k = key
        for _ in 0..<10 {
            let a = c.x.multipliedFullWidth(by: 0xD251_1F53)
            let b = c.z.multipliedFullWidth(by: 0xCD9E_8D57)
            c = SIMD4(b.high ^ c.y ^ k.0, b.low, a.high ^ c.w ^ k.1, a.low)
            k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
        }
        return c
    }

    /// The four standard normals of a counter (Box and Muller 1958).
    func normals(_ counter: SIMD4<UInt32>) -> SIMD4<Float> {
        let w = words(counter)
        let (a, b) = Self.pair(w.x, w.y)
        let (c, d) = Self.pair(w.z, w.w)
        return SIMD4(a, b, c, d)
    }

    private static func pair(_ u: UInt32, _ v: UInt32) -> (Float, Float) {
        let radius = (-2 * log((Double(u) + 0.5) * 0x1p-32)).squareRoot()
        let angle = 2 * Double.pi * Double(v) * 0x1p-32
        return (Float(radius * cos(angle)), Float(radius * sin(angle)))
    }
}
