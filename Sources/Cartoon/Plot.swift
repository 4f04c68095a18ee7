/// Invents an episode: scenes of one to three setups at one place and time, with a cast that comes and goes; the end returns to where it began.
struct Plot {
    static let setupFrames = 32...900

    private var random: SplitMix64
    private let frames: Int
    private let fps: Int
    private var setups: [Setup] = []
    private var lastSeen: [CartoonCharacter: Int] = [:]

    static func setups(seed: UInt64, frames: Int, fps: Int) -> [Setup] {
        var plot = Plot(random: SplitMix64(seed: seed, stream: 1), frames: frames, fps: fps)
        plot.invent()
        return plot.setups
    }

    private init(random: SplitMix64, frames: Int, fps: Int) {
        self.random = random
        self.frames = frames
        self.fps = fps
    }

    private mutating func invent() {
        let home = random.pick(Place.allCases)
        let hero = random.pick(CartoonCharacter.allCases)
        var place = home
        var visited = [home]
        var time = random.index(below: DayTime.allCases.count)
        var start = 0
        var cast = inventCast(hero: hero)
        if !cast.contains(hero) { cast[0] = hero }
        var firstScene = true
        // The last scene of a whole story is at home again.
        let finale = frames >= 800 ? frames - Int(random.between(100, 500)) : frames
        while start < frames {
            let ending = start >= finale
            let end = ending ? frames : finale
            if !firstScene {
                place = ending ? home : nextPlace(after: place, visited: visited)
                visited.append(place)
                time = (time + random.pick(weighted: [(0, 0.15), (1, 0.6), (2, 0.25)])) % DayTime.allCases.count
                cast = inventCast(hero: hero)
                if ending && !cast.contains(hero) { cast[0] = hero }
            }
            firstScene = false
            let weather = random.pick(weighted: [(Weather.clear, 0.74), (.rain, 0.13), (.snow, 0.13)])
            for number in 0..<random.pick(weighted: [(1, 0.3), (2, 0.4), (3, 0.3)]) where start < end {
                if number > 0 { change(&cast) }
                let length = setupLength(remaining: end - start)
                addSetup(
                    start: start, frames: length, place: place, time: DayTime.allCases[time], weather: weather,
                    cast: cast)
                start += length
            }
        }
    }

    private mutating func inventCast(hero: CartoonCharacter) -> [CartoonCharacter] {
        let count = random.pick(weighted: [(1, 0.3), (2, 0.35), (3, 0.35)])
        var everyone = random.shuffled(CartoonCharacter.allCases)
        if random.chance(0.4) {
            everyone.removeAll { $0 == hero }
            everyone.insert(hero, at: 0)
        }
        return Array(everyone.prefix(count))
    }

    /// Between two setups of a scene somebody may leave or join.
    private mutating func change(_ cast: inout [CartoonCharacter]) {
        let absent = CartoonCharacter.allCases.filter { !cast.contains($0) }
        switch random.unit() {
        case ..<0.25 where cast.count > 1: cast.remove(at: random.index(below: cast.count))
        case 0.25..<0.5 where cast.count < 3: cast.append(random.pick(absent))
        case 0.5..<0.75: cast[random.index(below: cast.count)] = random.pick(absent)
        default: break
        }
    }

    private mutating func nextPlace(after place: Place, visited: [Place]) -> Place {
        let fresh = Place.allCases.filter { !visited.contains($0) }
        let known = Place.allCases.filter { visited.contains($0) && $0 != place }
        if known.isEmpty || (!fresh.isEmpty && random.chance(0.65)) { return random.pick(fresh) }
        return random.pick(known)
    }

    /// Log-uniform, but linear within an octave: libm's exponential is not the same on every machine.
    private mutating func setupLength(remaining: Int) -> Int {
        let low = Plot.setupFrames.lowerBound
        let high = Plot.setupFrames.upperBound
        let octaves = random.unit() * 4.8  // 2^4.8 is high / low
        var length = Double(low) * (1 + octaves - octaves.rounded(.down))
        for _ in 0..<Int(octaves) { length *= 2 }
        let frames = min(high, Int(length))
        if remaining - frames >= low { return frames }
        return remaining <= high ? remaining : remaining / 2
    }

    private mutating func addSetup(
        start: Int, frames: Int, place: Place, time: DayTime, weather: Weather, cast: [CartoonCharacter]
    ) {
        let index = setups.count
        let returning = cast.first { index - (lastSeen[$0] ?? index) > 2 }
        for character in cast { lastSeen[character] = index }

        var camera = (from: 0.0, to: 0.0)
        if random.chance(1.0 / 6) {
            let reach = min(0.085, 0.016 * Double(frames) / Double(fps))
            camera = random.chance(0.5) ? (-reach, reach) : (reach, -reach)
        }
        let direction = Direction(camera: camera)
        // Long setups open with what fits into the time of one walk, and go on from there.
        let opening = frames <= 260 ? frames : Int(random.between(72, Double(Course.longestWalk)))
        var staging = Staging(
            random: random, frames: opening, seconds: Double(opening) / Double(fps), pan: direction,
            meets: opening == frames)
        let (opened, meeting) = staging.roles(for: cast, place: place)
        var course = Course(random: staging.random, frames: frames, fps: fps, edge: staging.edge)
        let roles = course.go(on: opened, from: opening)
        random = course.random
        setups.append(
            Setup(
                index: index, start: start, frames: frames, place: place, time: time, weather: weather, camera: camera,
                roles: roles, meetingStart: meeting, returning: returning))
    }
}

extension Direction {
    /// Where a camera that moves so goes; nil while it is still.
    init?(camera: (from: Double, to: Double)) {
        if camera.from == camera.to { return nil }
        self = camera.from < camera.to ? .right : .left
    }
}
