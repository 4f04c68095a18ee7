/// What a caption has to tell.
struct CaptionScene {
    struct Actor {
        let character: CartoonCharacter
        let action: Action
        /// Where a walker goes.
        let direction: Direction
        /// Which part of the picture it is in from the caption's first frame to its last; nil where it changes.
        let side: Side?
    }

    /// A third of the picture.
    enum Side {
        case left, middle, right

        /// x: 0 to 1 across the picture. Between the thirds it is nobody's.
        init?(x: Double) {
            switch x {
            case ..<0.36: self = .left
            case 0.4...0.6: self = .middle
            case 0.64...: self = .right
            default: return nil
            }
        }
    }

    let place: Place
    let time: DayTime
    let weather: Weather
    let actors: [Actor]
    let meeting: Bool
    let returning: CartoonCharacter?
    let pan: Direction?

    /// - Parameter frames: of the setup; the frames that the caption holds for.
    init(setup: Setup, frames: Range<Int>) {
        place = setup.place
        time = setup.time
        weather = setup.weather
        actors = setup.roles.map { role in
            let sides = [frames.lowerBound, frames.upperBound - 1].map { frame in
                Side(x: setup.moment(of: role, at: frame).x - setup.camera(at: frame))
            }
            let beat = setup.moment(of: role, at: frames.lowerBound).beat
            return Actor(
                character: role.character, action: beat.action, direction: beat.facing,
                side: sides[0] == sides[1] ? sides[0] : nil)
        }
        meeting = setup.meetingStart.map { frames.lowerBound >= $0 } ?? false
        returning = setup.returning
        pan = Direction(camera: setup.camera)
    }
}
