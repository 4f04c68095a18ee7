import Foundation

/// How limbs are held at a moment.
struct Pose {
    let action: Action
    let facing: Direction
    /// How far the legs have swung: -1 to 1, 0 at rest.
    let swing: Double
    /// How high the body bobs, in stage units.
    let bob: Double
    /// The feet above the floor, in stage units.
    let rise: Double
    /// Knees bent: 0 to 1.
    let crouch: Double
    /// The angle of the waving hand around its mean, in radians.
    let hand: Double

    /// - Parameter walked: stage units since the walk began.
    init(action: Action, facing: Direction, seconds: Double, walked: Double) {
        self.action = action
        self.facing = facing
        let jump = action == .jump ? Rhythm.jump(at: seconds) : (rise: 0, crouch: 0)
        rise = jump.rise * Canvas.height
        crouch = jump.crouch
        // One full cycle of two steps takes 15 units of ground.
        swing = action == .walk ? sin(walked / 15 * 2 * .pi) : 0
        switch action {
        case .walk: bob = 0.9 * abs(cos(walked / 15 * 2 * .pi))
        case .jump: bob = 0
        default: bob = 0.35 * sin(seconds * 2.2)
        }
        hand = action == .wave ? 0.4 * sin(seconds * 2 * .pi * 1.25) : 0
    }

    var inAir: Bool { rise > 0.5 }
}
