/// Frames without a cut: one place, time, weather and cast.
struct Setup: Sendable {
    /// What one character does from `start` on, in frames from the setup's beginning, until the next beat.
    struct Beat: Sendable {
        let start: Int
        let action: Action
        /// Stage positions, 0 at the left edge and 1 at the right; different only while walking.
        let from: Double
        let to: Double
        let facing: Direction
    }

    struct Role: Sendable {
        let character: CartoonCharacter
        /// 0 is the back lane, 2 the front one; no two roles of a setup share one.
        let lane: Int
        /// Shifts the rhythm of jumps and waves, in seconds, so that a cast does not move in step.
        let offset: Double
        let beats: [Beat]
    }

    let index: Int
    let start: Int
    let frames: Int
    let place: Place
    let time: DayTime
    let weather: Weather
    /// The camera at the first and last frame, as in ``Truth/camera``.
    let camera: (from: Double, to: Double)
    let roles: [Role]
    /// Two stand face to face from this frame of the setup on; nil where nobody meets.
    let meetingStart: Int?
    /// Who comes back after being away for some setups.
    let returning: CartoonCharacter?

    /// The stretches of the setup in which its content is the same: all do what they do from the first frame to the last.
    var stretches: [Range<Int>] {
        let starts = Set(roles.flatMap { $0.beats.map(\.start) }).sorted()
        return zip(starts, starts.dropFirst() + [frames]).map { $0..<$1 }
    }

    func camera(at frame: Int) -> Double {
        camera.from + (camera.to - camera.from) * Double(frame) / Double(max(1, frames - 1))
    }

    /// The beat that `role` is in, how far through it (0 to 1), and where on the stage.
    func moment(of role: Role, at frame: Int) -> (beat: Beat, x: Double) {
        let number = role.beats.lastIndex { $0.start <= frame } ?? 0
        let beat = role.beats[number]
        let end = number + 1 < role.beats.count ? role.beats[number + 1].start : frames
        let fraction = Double(frame - beat.start) / Double(max(1, end - beat.start))
        return (beat, beat.from + (beat.to - beat.from) * fraction)
    }

    /// The seconds that a role's rhythm runs on at a frame. A second beat starts its own, so that a jump begins on the ground;
    /// and nobody takes off who would still be in the air when the next beat begins.
    func rhythm(of role: Role, in beat: Beat, at frame: Int, fps: Int) -> Double {
        let offset = beat.start == 0 ? role.offset : 0
        let seconds = Double(frame - beat.start) / Double(fps) + offset
        guard beat.action == .jump, let next = role.beats.first(where: { $0.start > beat.start }) else {
            return seconds
        }
        let end = Double(next.start - beat.start) / Double(fps) + offset
        let jumps = ((end - Rhythm.airTime) / Rhythm.jumpPeriod).rounded(.down) + 1
        return min(seconds, jumps * Rhythm.jumpPeriod)
    }
}
