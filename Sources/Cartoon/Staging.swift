/// Gives each of a setup's cast a spot, an action and, sometimes, a second one.
struct Staging {
    var random: SplitMix64
    let frames: Int
    let seconds: Double
    let pan: Direction?
    /// Whether two may meet; they then stay together until the setup ends.
    let meets: Bool

    /// No walker's feet come nearer to the edge than this, so that whoever a caption names is in the picture.
    var edge: Double { pan == nil ? 0.12 : 0.2 }

    mutating func roles(for cast: [CartoonCharacter], place: Place) -> (roles: [Setup.Role], meeting: Int?) {
        let lanes = random.shuffled([0, 1, 2])
        if meets && cast.count == 2 && random.chance(0.2) {
            let (beats, meeting) = meeting(place: place)
            return (roles(cast, lanes, beats), meeting)
        }
        let together = cast.count > 1 && random.chance(0.4)
        let common = inventAction()
        let commonDirection: Direction = random.chance(0.5) ? .left : .right
        let spots = spots(count: cast.count)
        let leader = seconds >= 3.5 && random.chance(0.22) ? random.index(below: cast.count) : nil
        var beats: [[Setup.Beat]] = []
        // Two who cross on their own go opposite ways: one way, at about the same speed, they could cover each other all along.
        var crossed = commonDirection
        for (number, spot) in spots.enumerated() {
            let action = together ? common : inventAction()
            if together && action == .walk {
                beats.append([procession(spot: spot, count: cast.count, direction: commonDirection)])
            } else if number == leader {
                beats.append(arrival(at: spot, then: action == .walk ? .wave : action))
            } else if action == .walk {
                beats.append([crossing(towards: crossed)])
                crossed = crossed.opposite
            } else {
                beats.append([Setup.Beat(start: 0, action: action, from: spot, to: spot, facing: inward(spot))])
            }
        }
        return (roles(cast, lanes, beats), nil)
    }

    private mutating func roles(_ cast: [CartoonCharacter], _ lanes: [Int], _ beats: [[Setup.Beat]]) -> [Setup.Role] {
        var roles: [Setup.Role] = []
        for (number, character) in cast.enumerated() {
            roles.append(
                Setup.Role(
                    character: character, lane: lanes[number], offset: random.between(0, 2), beats: beats[number]))
        }
        return roles
    }

    private mutating func inventAction() -> Action {
        random.pick(weighted: [(.walk, 0.34), (.jump, 0.18), (.wave, 0.18), (.sit, 0.18), (.stand, 0.12)])
    }

    /// Distinct spots on the stage, in no order.
    private mutating func spots(count: Int) -> [Double] {
        let slots: [Double] =
            count == 2 ? random.pick([[0.27, 0.73], [0.24, 0.52], [0.48, 0.76]]) : [0.22, 0.5, 0.78]
        let jittered = slots.map { $0 + random.between(-0.04, 0.04) }
        return Array(random.shuffled(jittered).prefix(count))
    }

    private func inward(_ spot: Double) -> Direction {
        spot < 0.5 ? .right : .left
    }

    /// Walks across the stage, or a clear part of it where the setup is short.
    private mutating func crossing(towards direction: Direction) -> Setup.Beat {
        let distance = min(1 - 2 * edge, random.between(0.11, 0.16) * seconds)
        let low = random.between(edge, 1 - edge - distance)
        return walk(low: low, distance: distance, direction: direction)
    }

    /// All walk one way, and keep their distances.
    private mutating func procession(spot: Double, count: Int, direction: Direction) -> Setup.Beat {
        // The spots squeezed around the stage's middle leave room to walk.
        let squeezed = 0.5 + (spot - 0.5) * 0.72
        let distance = min(0.36, 0.12 * seconds)
        return walk(low: squeezed - distance / 2, distance: distance, direction: direction)
    }

    private func walk(low: Double, distance: Double, direction: Direction) -> Setup.Beat {
        direction == .right
            ? Setup.Beat(start: 0, action: .walk, from: low, to: low + distance, facing: .right)
            : Setup.Beat(start: 0, action: .walk, from: low + distance, to: low, facing: .left)
    }

    /// Walks up to a spot, stops, and does something else there.
    private mutating func arrival(at spot: Double, then action: Action) -> [Setup.Beat] {
        let change = Int(Double(frames) * random.between(0.4, 0.55))
        let room = spot - edge > 1 - edge - spot ? spot - edge : edge - 1 + spot
        let distance = min(abs(room), 0.15 * seconds * 0.48)
        let start = room > 0 ? spot - distance : spot + distance
        return [
            Setup.Beat(start: 0, action: .walk, from: start, to: spot, facing: room > 0 ? .right : .left),
            Setup.Beat(start: change, action: action, from: spot, to: spot, facing: inward(spot)),
        ]
    }

    /// Two face to face; in a long setup one of them comes walking first. In the meadow they meet by the old tree.
    private mutating func meeting(place: Place) -> (beats: [[Setup.Beat]], start: Int) {
        let middle = place == .meadow ? random.between(0.5, 0.56) : random.between(0.42, 0.58)
        let left = middle - 0.12
        let right = middle + 0.12
        let waiting = Setup.Beat(start: 0, action: .stand, from: right, to: right, facing: .left)
        guard seconds >= 4, random.chance(0.5) else {
            let first = Setup.Beat(start: 0, action: .stand, from: left, to: left, facing: .right)
            return ([[first], [waiting]], 0)
        }
        let change = Int(Double(frames) * random.between(0.35, 0.5))
        let start = max(edge, left - 0.15 * seconds * 0.4)
        let coming = [
            Setup.Beat(start: 0, action: .walk, from: start, to: left, facing: .right),
            Setup.Beat(start: change, action: .stand, from: left, to: left, facing: .right),
        ]
        return ([coming, [waiting]], change)
    }
}
