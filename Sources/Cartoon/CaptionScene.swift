/// What a caption has to tell.
struct CaptionScene {
    struct Actor {
        let character: Character
        let action: Action
        /// Where a walker goes.
        let direction: Direction
        /// 0 to 1 across the picture.
        let x: Double
    }

    let place: Place
    let time: DayTime
    let weather: Weather
    let actors: [Actor]
    let meeting: Bool
    let returning: Character?
    let pan: Direction?

    init(shot: Shot, frame: Int) {
        place = shot.place
        time = shot.time
        weather = shot.weather
        actors = shot.roles.map { role in
            let (beat, x) = shot.moment(of: role, at: frame)
            return Actor(character: role.character, action: beat.action, direction: beat.facing, x: x)
        }
        meeting = shot.meetingStart.map { frame >= $0 } ?? false
        returning = shot.returning
        pan = Direction(camera: shot.camera)
    }
}
