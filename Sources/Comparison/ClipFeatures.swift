import Diffusion
import Evaluation

/// What 16 frames of a film show and how it changes, from the features of each: their mean, how the later half differs from the earlier, and
/// how much changes from one frame to the next; all of it seen in few directions.
package enum ClipFeatures {
    static let frames = 16
    /// Drawn once and for all. A comparison has some hundred clips: in more directions, a distance would tell mostly how few they are.
    static let directions = 8

    /// Of clips that begin every 16 frames: [clips, 3 * ``directions``].
    /// - Parameters:
    ///   - film: features by frame, [frames, any width].
    ///   - stride: between the frames of a clip
    package static func of(_ film: [[Float]], stride: Int) -> [[Float]] {
        guard let width = film.first?.count else { return [] }
        let projection = projection(of: width)
        let projected = film.map { frame in
            projection.map { direction in zip(direction, frame).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
        }
        let span = (frames - 1) * stride
        return Swift.stride(from: 0, to: max(0, film.count - span), by: frames).map { start in
            let clip = (0..<frames).map { projected[start + $0 * stride] }
            func mean(_ some: ArraySlice<[Float]>, _ axis: Int) -> Float {
                some.reduce(0) { $0 + $1[axis] } / Float(some.count)
            }
            let axes = 0..<directions
            return axes.map { mean(clip[...], $0) }
                + axes.map { mean(clip[(frames / 2)...], $0) - mean(clip[..<(frames / 2)], $0) }
                + axes.map { axis in
                    zip(clip, clip.dropFirst()).reduce(0) { $0 + abs($1.1[axis] - $1.0[axis]) } / Float(frames - 1)
                }
        }
    }

    private static func projection(of width: Int) -> [[Float]] {
        var random = RandomStream(.directions, item: width)
        let scale = 1 / Float(directions).squareRoot()
        return (0..<directions).map { _ in random.normals(width).map { $0 * scale } }
    }
}
