/// A segment's visual condition: its parents' latents at their places, zero elsewhere (NUWA-XL section 3.2; the frames between
/// are zero as latents, not as black pixels, so that T-KLVAE's temporal layers carry no black into the ends).
struct Condition {
    /// By frame: 1 where a latent is given.
    let mask: [Float]
    /// The timestep of the noise that was put on the parents; 0 = none.
    let level: Int
    private let parents: [Int: [Float]]

    init(_ request: SegmentRequest, level: Int, noise: Noise, schedule: Schedule) {
        let last = request.frames.count - 1
        var parents: [Int: [Float]] = [:]
        parents[0] = request.first
        parents[last] = request.last
        self.level = parents.isEmpty ? 0 : level
        if level > 0 {
            for (frame, latent) in parents {
                let fresh = noise.normals(.condition, step: 0, frame: request.frames[frame], count: latent.count)
                parents[frame] = schedule.noised(latent, noise: fresh, timestep: level)
            }
        }
        self.parents = parents
        mask = (0...last).map { parents[$0] == nil ? 0 : 1 }
    }

    /// [F, h, w, c], `count` values per frame.
    func values(count: Int) -> [Float] {
        mask.indices.flatMap { parents[$0] ?? [Float](repeating: 0, count: count) }
    }
}
