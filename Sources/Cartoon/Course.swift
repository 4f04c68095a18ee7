/// What a cast does in a long setup after its opening: phases in which some walk to another spot and the others stay, until the setup ends.
struct Course {
    /// Nobody needs longer to cross the stage, so walking keeps its pace however long the setup is.
    static let longestWalk = 165
    private static let shortestPhase = 48
    /// Two who rest nearer to each other would hide one another.
    private static let elbowRoom = 0.17

    var random: SplitMix64
    let frames: Int
    let fps: Int
    /// No walker's feet come nearer to the edge of the stage than this.
    let edge: Double

    /// Adds beats to `roles` from frame `start` of the setup on.
    mutating func go(on roles: [Setup.Role], from start: Int) -> [Setup.Role] {
        var beats = roles.map(\.beats)
        var start = start
        while start < frames {
            start += phase(from: start, beats: &beats)
        }
        return zip(roles, beats).map { role, beats in
            Setup.Role(character: role.character, lane: role.lane, offset: role.offset, beats: beats)
        }
    }

    /// One phase; returns its length in frames.
    private mutating func phase(from start: Int, beats: inout [[Setup.Beat]]) -> Int {
        let places = beats.map { $0[$0.count - 1].to }
        let walker = crowded(places) ?? (random.chance(0.4) ? random.index(below: places.count) : nil)
        let length = length(left: frames - start, walking: walker != nil)
        for number in beats.indices {
            let last = beats[number][beats[number].count - 1]
            if number == walker {
                let others = places.indices.filter { $0 != number }.map { places[$0] }
                let target = target(from: last.to, seconds: Double(length) / Double(fps), others: others)
                beats[number].append(
                    Setup.Beat(
                        start: start, action: .walk, from: last.to, to: target,
                        facing: target > last.to ? .right : .left))
            } else if last.action == .walk || random.chance(0.35) {
                let actions = [Action.jump, .wave, .sit, .stand].filter { $0 != last.action }
                beats[number].append(
                    Setup.Beat(
                        start: start, action: random.pick(actions), from: last.to, to: last.to,
                        facing: last.to < 0.5 ? .right : .left))
            }
        }
        return length
    }

    /// Somebody who has to go elsewhere, so that all are seen.
    private mutating func crowded(_ places: [Double]) -> Int? {
        for first in places.indices {
            for second in places.indices where second > first && abs(places[first] - places[second]) < Course.elbowRoom
            {
                return random.chance(0.5) ? first : second
            }
        }
        return nil
    }

    private mutating func length(left: Int, walking: Bool) -> Int {
        let longest = walking ? Course.longestWalk : 500
        let length = Int(random.between(60, Double(longest)))
        if left - length >= Course.shortestPhase { return length }
        return left <= longest ? left : left / 2
    }

    /// Where a walk of so many seconds ends: on the stage, and where nobody rests.
    private mutating func target(from x: Double, seconds: Double, others: [Double]) -> Double {
        func room(_ end: Double) -> Double { others.map { abs($0 - end) }.min() ?? 1 }
        for _ in 0..<8 {
            let distance = random.between(0.11, 0.16) * seconds
            let end = min(1 - edge, max(edge, x + (random.chance(0.5) ? distance : -distance)))
            // A walk that the edge cuts short would look like standing.
            if abs(end - x) > 0.12 && room(end) > Course.elbowRoom { return end }
        }
        let reach = 0.12...0.2 * seconds
        let spots = stride(from: edge, through: 1 - edge, by: 0.02).filter { reach.contains(abs($0 - x)) }
        return spots.max { room($0) < room($1) } ?? (x < 0.5 ? 1 - edge : edge)
    }
}
