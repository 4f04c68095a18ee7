package import Models

/// A segment's visual condition: its parents' latents at their places, and between these what the model was trained with
/// (NUWA-XL section 3.2; docs/decisions/0007). A frame that nothing is known of is zero as a latent, not a black picture, so that
/// T-KLVAE's temporal layers carry no black into the ends.
package struct Condition {
    /// By frame: 1 where a latent is given.
    package let mask: [Float]
    /// The timestep of the noise that was put on the parents; 0 = none.
    package let level: Int
    private let parents: [Int: [Float]]
    private let between: ModelConfiguration.MTD.Between

    init(
        _ request: SegmentRequest, first: [Float]?, last: [Float]?, between: ModelConfiguration.MTD.Between,
        level: Int, noise: Noise, schedule: Schedule
    ) {
        func noised(_ latent: [Float], frame: Int) -> [Float] {
            if level == 0 { return latent }
            let fresh = noise.normals(.condition, step: 0, frame: frame, count: latent.count)
            return schedule.noised(latent, noise: fresh, timestep: level)
        }
        let frames = request.frames
        self.init(
            frames: frames.count, first: first.map { noised($0, frame: frames[0]) },
            last: last.map { noised($0, frame: frames[frames.count - 1]) }, between: between, level: level)
    }

    /// - Parameters:
    ///   - frames: of the segment, two or more.
    ///   - first, last: the parents' latents [h, w, c], their noise of timestep `level` in them.
    package init(
        frames: Int, first: [Float]?, last: [Float]?, between: ModelConfiguration.MTD.Between, level: Int
    ) {
        var parents: [Int: [Float]] = [:]
        parents[0] = first
        parents[frames - 1] = last
        self.parents = parents
        self.between = between
        self.level = parents.isEmpty ? 0 : level
        mask = (0..<frames).map { parents[$0] == nil ? 0 : 1 }
    }

    /// By frame [h, w, c]; with a cross-fade [h, w, 2c]: behind what each pixel shows, how the last frame differs from the first.
    /// A single parent holds for all frames.
    package func values(pixels: Int, channels: Int) -> [Float] {
        let last = mask.count - 1
        let nothing = [Float](repeating: 0, count: pixels * channels)
        if between == .zero { return mask.indices.flatMap { parents[$0] ?? nothing } }
        let start = parents[0] ?? parents[last] ?? nothing
        let end = parents[last] ?? start
        var values: [Float] = []
        values.reserveCapacity(mask.count * 2 * nothing.count)
        for frame in mask.indices {
            let place = Float(frame) / Float(last)
            for pixel in 0..<pixels {
                let channels = pixel * channels..<(pixel + 1) * channels
                values += channels.map { (1 - place) * start[$0] + place * end[$0] }
                values += channels.map { end[$0] - start[$0] }
            }
        }
        return values
    }
}
