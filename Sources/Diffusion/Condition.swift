package import Models

/// A segment's visual condition: the latents that are known at their places, as its parents', and between these what the model was trained with
/// (NUWA-XL section 3.2; docs/decisions/0007). A frame that nothing is known of is zero as a latent, not a black picture, so that
/// T-KLVAE's temporal layers carry no black into the ends.
package struct Condition {
    /// By frame: 1 where a latent is given.
    package let mask: [Float]
    /// The timestep of the noise that was put on what is known; 0 = none.
    package let level: Int
    private let known: [Int: [Float]]
    /// Its places, ascending.
    private let places: [Int]
    private let between: ModelConfiguration.MTD.Between

    init(
        _ request: SegmentRequest, known: [Int: [Float]], between: ModelConfiguration.MTD.Between, level: Int,
        noise: Noise, schedule: Schedule
    ) {
        let noised = Dictionary(
            uniqueKeysWithValues: known.map { place, latent in
                guard level > 0 else { return (place, latent) }
                let fresh = noise.normals(
                    .condition, step: 0, frame: request.frames[place], count: latent.count)
                return (place, schedule.noised(latent, noise: fresh, timestep: level))
            })
        self.init(frames: request.frames.count, known: noised, between: between, level: level)
    }

    /// - Parameters:
    ///   - frames: of the segment, two or more.
    ///   - known: latents [h, w, c] by their places in the segment, their noise of timestep `level` in them.
    package init(
        frames: Int, known: [Int: [Float]], between: ModelConfiguration.MTD.Between, level: Int
    ) {
        self.known = known
        places = known.keys.sorted()
        self.between = between
        self.level = known.isEmpty ? 0 : level
        mask = (0..<frames).map { known[$0] == nil ? 0 : 1 }
    }

    /// By frame [h, w, c]; with a cross-fade [h, w, 2c] of the nearest frames that are known before and after: behind what each pixel
    /// shows, how the later differs from the earlier. Before the first and after the last one, this holds.
    package func values(pixels: Int, channels: Int) -> [Float] {
        let nothing = [Float](repeating: 0, count: pixels * channels)
        if between == .zero { return mask.indices.flatMap { known[$0] ?? nothing } }
        var values: [Float] = []
        values.reserveCapacity(mask.count * 2 * nothing.count)
        for frame in mask.indices {
            let (before, after) = neighbours(of: frame)
            let start = before.flatMap { known[$0] } ?? nothing
            let end = after.flatMap { known[$0] } ?? start
            let (from, to) = before != after ? (before ?? 0, after ?? 0) : (0, mask.count - 1)
            let place = Float(frame - from) / Float(to - from)
            for pixel in 0..<pixels {
                let channels = pixel * channels..<(pixel + 1) * channels
                values += channels.map { (1 - place) * start[$0] + place * end[$0] }
                values += channels.map { end[$0] - start[$0] }
            }
        }
        return values
    }

    /// The known frames that a frame lies between; the last of them lies between the one before it and itself.
    private func neighbours(of frame: Int) -> (before: Int?, after: Int?) {
        let next = places.firstIndex { $0 > frame } ?? places.count
        switch (next, places.count) {
        case (_, 0): return (nil, nil)
        case (0, _): return (places[0], places[0])
        case (let next, let count) where next < count: return (places[next - 1], places[next])
        case (let next, let count) where count > 1 && places[next - 1] == frame: return (places[next - 2], frame)
        default: return (places[next - 1], places[next - 1])
        }
    }
}
