import Diffusion

/// What 16 frames of a film show and how it changes, from the features of each: their mean, and the mean of how much they change from one
/// to the next, both seen in fewer directions.
package enum ClipFeatures {
    static let frames = 16
    /// Directions, drawn once and for all: of as many as the features have, a set of clips as small as a comparison's would tell mostly how
    /// small it is. Distances stay about the same (Johnson and Lindenstrauss 1984).
    static let directions = 32

    /// Of clips that begin every 16 frames.
    /// - Parameter stride: between the frames of a clip
    package static func of(_ film: [[Float]], stride: Int) -> [[Float]] {
        guard let width = film.first?.count else { return [] }
        let projection = projection(of: width)
        let projected = film.map { frame in
            projection.map { direction in zip(direction, frame).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
        }
        let span = (frames - 1) * stride
        return Swift.stride(from: 0, to: max(0, film.count - span), by: frames).map { start in
            let clip = (0..<frames).map { projected[start + $0 * stride] }
            return (0..<directions).map { axis in clip.reduce(0) { $0 + $1[axis] } / Float(frames) }
                + (0..<directions).map { axis in
                    zip(clip, clip.dropFirst()).reduce(0) { $0 + abs($1.1[axis] - $1.0[axis]) } / Float(frames - 1)
                }
        }
    }

    private static func projection(of width: Int) -> [[Float]] {
        var random = RandomStream(seed: 0, purpose: 3, step: 0, item: width)
        let scale = 1 / Float(directions).squareRoot()
        return (0..<directions).map { _ in random.normals(width).map { $0 * scale } }
    }
}
