/// The noise of a segment. Each number depends on the seed, the depth, the draw, the film frame, the step and its place in the frame,
/// and on nothing else: neither on the worker that asks nor on what was asked before.
struct Noise {
    /// What the noise is for. Streams never share a number.
    enum Stream: UInt32 {
        /// The start of the sampler (step 0), and what DDPM adds after its step i (step i + 1).
        case sampler = 0
        /// What is put on the parents' latents.
        case condition = 1
        /// What all frames of a depth have in common of the sampler's.
        case shared = 2
    }

    private let philox: Philox
    private let depth: UInt32
    private let shared: Double

    /// - Parameter shared: the share of the sampler's noise, as variance, that all frames have in common.
    /// - Parameter draw: of several of one depth, from 0
    init(seed: UInt64, depth: Int, draw: Int = 0, shared: Double) {
        philox = Philox(seed: seed)
        // Depths are few: the upper half of the 16 bits tells draws apart.
        self.depth = UInt32(truncatingIfNeeded: depth | draw << 8)
        self.shared = shared
    }

    /// `count` standard normals for one film frame.
    func normals(_ stream: Stream, step: Int, frame: Int, count: Int) -> [Float] {
        var values = [Float]()
        values.reserveCapacity(count + 3)
        let place = stream.rawValue << 16 | depth
        for block in 0..<(count + 3) / 4 {
            let counter = SIMD4(
                UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: step),
                UInt32(truncatingIfNeeded: frame), place)
            let four = philox.normals(counter)
            for i in 0..<4 { values.append(four[i]) }
        }
        values.removeLast(values.count - count)
        return values
    }

    /// The sampler's noise for a segment's frames, `count` normals each: their own, mixed with what they share (Ge et al. 2023,
    /// arXiv 2305.10474, section 4.1). What frames show alike begins alike.
    func sampler(step: Int, frames: [Int], count: Int) -> [Float] {
        let common = normals(.shared, step: step, frame: 0, count: count)
        return mixedNoise(
            frames.flatMap { normals(.sampler, step: step, frame: $0, count: count) }, with: common, share: shared)
    }
}

/// Noise of the variance 1, of which `share` is that of `common`.
/// - Parameters:
///   - own: frame after frame
///   - common: of one frame, for all of them
package func mixedNoise(_ own: [Float], with common: [Float], share: Double) -> [Float] {
    let (ownPart, commonPart) = (Float((1 - share).squareRoot()), Float(share.squareRoot()))
    var mixed = own
    for start in stride(from: 0, to: own.count, by: max(1, common.count)) {
        for i in common.indices { mixed[start + i] = ownPart * own[start + i] + commonPart * common[i] }
    }
    return mixed
}
