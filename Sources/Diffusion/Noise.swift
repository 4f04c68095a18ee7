/// The noise of a segment. Each number depends on the seed, the depth, the film frame, the step and its place in the frame,
/// and on nothing else: neither on the worker that asks nor on what was asked before.
struct Noise {
    /// What the noise is for. Streams never share a number.
    enum Stream: UInt32 {
        /// The start of the sampler (step 0), and what DDPM adds after its step i (step i + 1).
        case sampler = 0
        /// What is put on the parents' latents.
        case condition = 1
    }

    private let philox: Philox
    private let depth: UInt32

    init(seed: UInt64, depth: Int) {
        philox = Philox(seed: seed)
        self.depth = UInt32(truncatingIfNeeded: depth)
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

    /// The normals of all of a segment's frames, one after the other.
    func normals(_ stream: Stream, step: Int, frames: [Int], count: Int) -> [Float] {
        frames.flatMap { normals(stream, step: step, frame: $0, count: count) }
    }
}
