/// Random numbers one after another, of a stream that a seed and four words name: what was drawn from other streams changes nothing.
package struct RandomStream {
    private let philox: Philox
    private let place: SIMD4<UInt32>
    private var block: UInt32 = 0
    private var words: [UInt32] = []

    /// - Parameters:
    ///   - purpose: what the numbers are for, at most 16 bits.
    ///   - step, item: for which step of a training, and for what of it.
    package init(seed: UInt64, purpose: UInt32, step: Int, item: Int) {
        philox = Philox(seed: seed)
        place = SIMD4(
            0, UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: item),
            purpose << 16 | UInt32(truncatingIfNeeded: step >> 32) & 0xFFFF)
    }

    /// A stream for what has a name.
    init(seed: UInt64, name: String) {
        // FNV-1a: Swift's own hashes differ from run to run.
        let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        philox = Philox(seed: seed)
        place = SIMD4(0, UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32), .max)
    }

    private mutating func counter() -> SIMD4<UInt32> {
        defer { block += 1 }
        return SIMD4(block, place.y, place.z, place.w)
    }

    private mutating func word() -> UInt32 {
        if words.isEmpty {
            let four = philox.words(counter())
            words = [four.w, four.z, four.y, four.x]
        }
        return words.removeLast()
    }

    /// From 0 to below 1.
    package mutating func unit() -> Double { Double(word()) * 0x1p-32 }

    package mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// From 0 to below `count`, which is at least 1.
    package mutating func below(_ count: Int) -> Int { min(count - 1, Int(unit() * Double(count))) }

    /// Standard normals.
    package mutating func normals(_ count: Int) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(count + 3)
        while values.count < count {
            let four = philox.normals(counter())
            for lane in 0..<4 { values.append(four[lane]) }
        }
        values.removeLast(values.count - count)
        return values
    }
}
