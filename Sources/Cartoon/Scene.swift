import Foundation

extension Canvas {
    /// Draws a frame of a setup: the place from far to near, the cast from back to front, the weather over all.
    ///
    /// - Parameters:
    ///   - frame: in the setup.
    ///   - clock: seconds since the episode began; clouds and rain drift by it.
    ///   - shown: who is drawn; the others stay away.
    func draw(
        setup: Setup, frame: Int, fps: Int, clock: Double, shown: (CartoonCharacter) -> Bool
    ) {
        let light = Light(time: setup.time, weather: setup.weather)
        let camera = setup.camera(at: frame) * Canvas.width
        Scenery(canvas: self, light: light, camera: camera, clock: clock).draw(setup.place)
        for role in setup.roles.sorted(by: { $0.lane < $1.lane }) where shown(role.character) {
            let (beat, x) = setup.moment(of: role, at: frame)
            let pose = Pose(
                action: beat.action, facing: beat.facing,
                seconds: setup.rhythm(of: role, in: beat, at: frame, fps: fps),
                walked: abs(x - beat.from) * Canvas.width)
            let floor = Rhythm.floor(lane: role.lane) * Canvas.height
            FigurePainter(canvas: self, light: light, pose: pose)
                .draw(role.character, x: x * Canvas.width - camera, floor: floor)
        }
        draw(weather: setup.weather, time: setup.time, clock: clock)
    }

    private func draw(weather: Weather, time: DayTime, clock: Double) {
        switch weather {
        case .clear: break
        case .rain:
            let color = time == .night ? Color(0x8fa6d8) : Color(0xeaf3ff)
            for drop in 0..<22 {
                var random = SplitMix64(seed: UInt64(drop), stream: 71)
                let speed = random.between(95, 120)
                let fall = (random.between(0, 110) + clock * speed).truncatingRemainder(dividingBy: 110) - 8
                let x = (Double(drop) / 22 + random.between(0, 0.04)) * 190 - fall * 0.22
                line([(x, fall), (x - 2.2, fall + 9)])
            }
            stroke(color, width: 1.7, alpha: 0.5)
        case .snow:
            let color = time == .night ? Color(0xc4d0f4) : Color(0xffffff)
            for flake in 0..<26 {
                var random = SplitMix64(seed: UInt64(flake), stream: 72)
                let speed = random.between(13, 20)
                let fall = (random.between(0, 104) + clock * speed).truncatingRemainder(dividingBy: 104) - 4
                let x = (Double(flake) / 26 + random.between(0, 0.03)) * 164 + 3 * sin(clock * 1.3 + Double(flake))
                circle(x, fall, random.between(1.4, 2.1))
            }
            fill(color, alpha: 0.9)
        }
    }
}
