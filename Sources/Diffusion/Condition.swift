/// A segment's visual condition: its parents' latents at their places, and between these what the model was trained with
/// (NUWA-XL section 3.2; docs/decisions/0007). A frame that nothing is known of is zero as a latent, not a black picture, so that
/// T-KLVAE's temporal layers carry no black into the ends.
struct Condition {
    /// By frame: 1 where a latent is given.
    let mask: [Float]
    /// The timestep of the noise that was put on the parents; 0 = none.
    let level: Int
    private let parents: [Int: [Float]]
    private let between: ModelConfiguration.MTD.Between

    init(_ request: SegmentRequest, model: Model, noise: Noise) {
        let last = request.frames.count - 1
        let level = model.configuration.sampling.conditionLevel
        var parents: [Int: [Float]] = [:]
        parents[0] = request.first
        parents[last] = request.last
        self.level = parents.isEmpty ? 0 : level
        if level > 0 {
            for (frame, latent) in parents {
                let fresh = noise.normals(.condition, step: 0, frame: request.frames[frame], count: latent.count)
                parents[frame] = model.schedule.noised(latent, noise: fresh, timestep: level)
            }
        }
        self.parents = parents
        between = model.configuration.mtd.between
        mask = (0...last).map { parents[$0] == nil ? 0 : 1 }
    }

    /// [F, h, w, c], `count` values per frame.
    func values(count: Int) -> [Float] {
        mask.indices.flatMap { parents[$0] ?? between(frame: $0) ?? [Float](repeating: 0, count: count) }
    }

    private func between(frame: Int) -> [Float]? {
        let last = mask.count - 1
        guard between == .crossfade, let one = parents[0] ?? parents[last] else { return nil }
        guard let other = parents[last] else { return one }
        let share = Float(frame) / Float(last)
        return zip(one, other).map { (1 - share) * $0 + share * $1 }
    }
}
