/// The curves of motion in time, shared by the truth and the drawing. Free of libm, so that truth is the same everywhere.
enum Rhythm {
    static let jumpPeriod = 1.1
    static let airTime = 0.68
    /// Height of a jump as a fraction of the picture's height.
    static let jumpHeight = 0.15

    /// Where the feet stand, as a fraction of the picture's height.
    static func floor(lane: Int) -> Double {
        0.865 + 0.04 * Double(lane)
    }

    /// How high the feet are (as a fraction of the picture's height), and how deep the knees bend before and after (0 to 1).
    static func jump(at seconds: Double) -> (rise: Double, crouch: Double) {
        let phase = seconds - (seconds / jumpPeriod).rounded(.down) * jumpPeriod
        if phase < airTime {
            let t = phase / airTime
            return (4 * t * (1 - t) * jumpHeight, 0)
        }
        let t = (phase - airTime) / (jumpPeriod - airTime)
        return (0, 4 * t * (1 - t))
    }
}
