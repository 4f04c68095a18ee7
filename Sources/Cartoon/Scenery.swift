import Foundation

/// Draws places. Layers move less the farther away they are.
struct Scenery {
    let canvas: Canvas
    let light: Light
    /// Stage units that the camera looks to the right.
    let camera: Double
    let clock: Double

    func draw(_ place: Place) {
        sky()
        switch place {
        case .meadow: meadow()
        case .forest: forest()
        case .desert: desert()
        case .beach: beach()
        case .village: village()
        case .cave: cave()
        }
    }

    func layer(_ depth: Double, _ draw: () -> Void) {
        canvas.moved(x: -camera * depth, draw)
    }

    // MARK: Colours of things

    func scenery(_ hex: UInt32) -> Color { light.scenery(Color(hex)) }
    func ground(_ hex: UInt32) -> Color { light.ground(Color(hex)) }

    /// The border of a thing: its own colour, darker.
    func edge(_ hex: UInt32) -> Color { light.scenery(Color(hex)).mixed(with: light.outline, 0.55) }

    // MARK: Sky

    private func sky() {
        canvas.rectangle(-1, -1, Canvas.width + 2, Canvas.height + 2)
        canvas.fill(light.sky, top: 0, bottom: 62)
        layer(0.08) { sunOrMoon() }
        layer(0.15) { clouds() }
    }

    private func sunOrMoon() {
        let dim = light.weather == .clear ? 1 : 0.45
        switch light.time {
        case .morning:
            canvas.glow(30, 42, 34, Color(0xfff2c0), alpha: 0.8 * dim)
            canvas.circle(30, 42, 9)
            canvas.fill(Color(0xfff3b8), alpha: dim)
        case .noon:
            canvas.glow(70, 15, 26, Color(0xfff9c8), alpha: 0.75 * dim)
            canvas.circle(70, 15, 9)
            canvas.fill(Color(0xfff0a0), alpha: dim)
        case .evening:
            canvas.glow(79, 46, 46, Color(0xffdc7a), alpha: 0.75 * dim)
            canvas.circle(79, 46, 13)
            canvas.fill(Color(0xffe08a), alpha: dim)
        case .night:
            if light.weather == .clear {
                for star in Scenery.stars { canvas.circle(star.0, star.1, star.2) }
                canvas.fill(Color(0xf2f0d0), alpha: 0.9)
            }
            canvas.glow(34, 18, 26, Color(0xb9c6ff), alpha: 0.4 * dim)
            canvas.circle(34, 18, 9)
            canvas.fill(Color(0xf6f1cf), alpha: 0.4 + 0.6 * dim)
            canvas.circle(37, 16, 2)
            canvas.circle(31, 21, 1.6)
            canvas.fill(Color(0xd9d4b8), alpha: dim)
        }
    }

    private static let stars: [(Double, Double, Double)] = [
        (8, 9, 0.9), (18, 33, 0.8), (55, 8, 1), (66, 25, 0.8), (80, 13, 0.9), (94, 31, 0.8), (103, 7, 1),
        (118, 19, 0.9),
        (131, 35, 0.8), (139, 9, 1), (151, 24, 0.9), (48, 38, 0.8), (-6, 22, 0.9), (166, 14, 0.9),
    ]

    private func clouds() {
        let color: Color
        switch light.time {
        case .morning: color = Color(0xfff1ea)
        case .noon: color = Color(0xffffff)
        case .evening: color = Color(0xf3958a)
        case .night: color = Color(0x3d4a86)
        }
        let shade =
            light.weather == .rain ? color.mixed(with: Color(0x59657a), light.time == .night ? 0.3 : 0.55) : color
        let count = light.weather == .clear ? 2 : 4
        for number in 0..<count {
            let span = 230.0
            let begin = [20.0, 135, 75, 190][number] + clock * 1.2
            let x = begin.truncatingRemainder(dividingBy: span) - 35
            let y = [13.0, 25, 8, 17][number]
            let size = [1.0, 0.8, 1.15, 1.05][number]
            canvas.moved(x: x, y: y, scaleX: size, scaleY: size) {
                canvas.ellipse(0, 0, 11, 5)
                canvas.ellipse(9, 2, 10, 4)
                canvas.ellipse(-9, 2.4, 8, 3.6)
                canvas.ellipse(3, -4, 7, 5)
            }
        }
        canvas.fill(shade, alpha: light.time == .night ? 0.75 : 0.92)
    }

    // MARK: Places

    private func meadow() {
        layer(0.3) {
            canvas.land([(-30, 52), (10, 46), (50, 54), (95, 45), (140, 52), (190, 46)])
            canvas.fill(ground(0x8fc9a0))
        }
        layer(0.55) {
            canvas.land([(-30, 60), (25, 54), (75, 62), (130, 55), (190, 61)])
            canvas.fill(ground(0x74c267))
        }
        layer(1) {
            canvas.land([(-30, 68), (20, 66), (80, 69), (140, 65), (190, 68)])
            canvas.fill([ground(0x63b84e), ground(0x4c9c40)], top: 65, bottom: 96)
            for flower in [(-12.0, 75.0), (14, 73), (38, 91), (61, 74), (84, 92), (147, 76), (152, 92), (170, 84)] {
                canvas.circle(flower.0, flower.1, 1.7)
            }
            canvas.fill(light.weather == .snow ? ground(0xffffff) : scenery(0xfff0a0))
            oldTree()
        }
    }

    private func oldTree() {
        canvas.line([(119, 71), (118, 50)])
        canvas.stroke(edge(0x8a5a34), width: 11.5)
        canvas.line([(119, 71), (118, 50)])
        canvas.stroke(scenery(0x8a5a34), width: 9)
        canvas.line([(118, 56), (107, 44)])
        canvas.stroke(scenery(0x8a5a34), width: 4.5)
        canvas.blob([
            (92, 38), (96, 25), (108, 18), (120, 12), (134, 18), (145, 28), (144, 41), (132, 48), (117, 45), (102, 48),
        ])
        canvas.paint(ground(0x3f9a4a), outline: edge(0x2c7a3c), width: 1.4)
        canvas.blob([(104, 32), (112, 23), (124, 21), (130, 28), (120, 33)])
        canvas.fill(ground(0x64b95a))
    }

    private func forest() {
        layer(0.3) {
            canvas.land([(-30, 40), (0, 34), (30, 42), (70, 33), (110, 41), (150, 34), (190, 40)])
            canvas.fill(ground(0x5f9b82))
        }
        layer(0.55) {
            for x in [-22.0, 4, 29, 55, 84, 108, 136, 161, 184] { pine(x, 66, 0.78, 0x3f8560, 0x5c4636) }
        }
        layer(1) {
            canvas.land([(-30, 66), (30, 64), (90, 67), (150, 64), (190, 66)])
            canvas.fill([ground(0x4d8a4a), ground(0x386c3c)], top: 64, bottom: 96)
            pine(14, 73, 1.25, 0x2d7346, 0x6b4a30)
            pine(148, 74, 1.3, 0x2d7346, 0x6b4a30)
            pine(96, 69, 1, 0x348050, 0x6b4a30)
            for mushroom in [(38.0, 72.0), (122, 90)] {
                canvas.line([(mushroom.0, mushroom.1 + 3), (mushroom.0, mushroom.1)])
                canvas.stroke(scenery(0xf5e8d0), width: 2.6)
                canvas.ellipse(mushroom.0, mushroom.1 - 0.5, 3.6, 2.4)
                canvas.fill(scenery(0xe0503c))
            }
        }
    }

    private func pine(_ x: Double, _ y: Double, _ size: Double, _ needles: UInt32, _ trunk: UInt32) {
        canvas.moved(x: x, y: y, scaleX: size, scaleY: size) {
            canvas.rectangle(-2.4, -12, 4.8, 12)
            canvas.fill(scenery(trunk))
            canvas.polygon([
                (0, -50), (8, -36), (4.5, -36), (12, -23), (7, -23), (15, -8), (-15, -8), (-7, -23), (-12, -23),
                (-4.5, -36), (-8, -36),
            ])
            canvas.paint(
                light.weather == .snow
                    ? light.scenery(Color(needles).mixed(with: Color(0xf6faff), 0.35)) : scenery(needles),
                outline: edge(needles), width: 1.1)
        }
    }

    private func desert() {
        layer(0.25) {
            canvas.polygon([(12, 60), (18, 40), (44, 40), (50, 52), (64, 52), (70, 60)])
            canvas.fill(scenery(0xd08a62))
            canvas.polygon([(118, 60), (124, 45), (150, 45), (158, 60)])
            canvas.fill(scenery(0xd99a6c))
        }
        layer(0.5) {
            canvas.land([(-30, 58), (10, 55), (55, 62), (105, 53), (150, 60), (190, 55)])
            canvas.fill(ground(0xf0c478))
        }
        layer(1) {
            canvas.land([(-30, 66), (25, 70), (80, 64), (135, 70), (190, 66)])
            canvas.fill([ground(0xf3d08a), ground(0xe0b066)], top: 64, bottom: 96)
            canvas.land([(-30, 84), (30, 90), (85, 97), (190, 97)])
            canvas.fill(ground(0xe8bc72))
            cactus(132, 73, 1)
            cactus(26, 70, 0.72)
        }
    }

    private func cactus(_ x: Double, _ y: Double, _ size: Double) {
        canvas.moved(x: x, y: y, scaleX: size, scaleY: size) {
            for (color, wider) in [(edge(0x3f9460), 2.6), (scenery(0x4aa56c), 0.0)] {
                canvas.line([(0, 0), (0, -32)])
                canvas.stroke(color, width: 8 + wider)
                canvas.line([(0, -12), (-10, -14), (-10, -23)])
                canvas.stroke(color, width: 5 + wider)
                canvas.line([(0, -17), (10, -19), (10, -27)])
                canvas.stroke(color, width: 5 + wider)
            }
        }
    }

    private func beach() {
        layer(0.2) {
            canvas.rectangle(-40, 47, 240, 30)
            canvas.fill([scenery(0x3fa4d8), scenery(0x6fcbe4)], top: 47, bottom: 70)
        }
        layer(0.35) {
            canvas.polygon([(52, 51), (74, 51), (70, 55.5), (56, 55.5)])
            canvas.fill(scenery(0xb5543c))
            canvas.polygon([(63, 49.5), (63, 33), (75, 49.5)])
            canvas.fill(scenery(0xfffaf0))
        }
        layer(0.8) {
            let wave = 1.2 * sin(clock * 1.1)
            canvas.land([(-30, 67 + wave), (20, 65 + wave), (70, 68 + wave), (120, 65.5 + wave), (190, 68 + wave)])
            canvas.fill(scenery(0xe8f6f6))
        }
        layer(1) {
            canvas.land([(-30, 70), (20, 68), (70, 71), (120, 68.5), (190, 71)])
            canvas.fill([ground(0xf4deaa), ground(0xe6c684)], top: 68, bottom: 96)
            palm()
            canvas.circle(30, 91, 2.2)
            canvas.fill(scenery(0xf08a70))
            canvas.circle(96, 75, 1.8)
            canvas.fill(scenery(0xfff6ea))
        }
    }

    private func palm() {
        canvas.line([(140, 76), (137, 62), (131, 47), (126, 37)])
        canvas.stroke(edge(0x9a6a3e), width: 7)
        canvas.line([(140, 76), (137, 62), (131, 47), (126, 37)])
        canvas.stroke(scenery(0xa8754a), width: 4.6)
        for leaf in [(-24.0, 8.0), (-18, -9), (2, -16), (20, -8), (25, 9)] {
            let (x, y) = leaf
            canvas.blob([
                (126, 36), (126 + x * 0.5, 32 + y * 0.6 - 3), (126 + x, 37 + y), (126 + x * 0.5, 37 + y * 0.55),
            ])
            canvas.paint(scenery(0x3fa35a), outline: edge(0x2f8a4c), width: 1)
        }
        canvas.circle(124, 39, 2.4)
        canvas.circle(129, 40, 2.4)
        canvas.fill(scenery(0x7a4a2c))
    }

    private func village() {
        layer(0.3) {
            canvas.land([(-30, 50), (20, 44), (70, 52), (120, 44), (190, 51)])
            canvas.fill(ground(0x93c58c))
        }
        layer(0.75) {
            house(x: -6, width: 34, wall: 0xf6e2bc, roof: 0xc8503c, height: 23)
            house(x: 46, width: 30, wall: 0xf2c9a4, roof: 0x6a5a9c, height: 20)
            house(x: 88, width: 27, wall: 0xfaf0dc, roof: 0x3f8a94, height: 28)
            house(x: 128, width: 36, wall: 0xf4d890, roof: 0xb8503c, height: 21)
        }
        layer(1) {
            canvas.land([(-30, 69), (40, 68), (110, 69), (190, 68)])
            canvas.fill([ground(0x86bb62), ground(0x6aa352)], top: 68, bottom: 96)
            canvas.land([(-30, 78), (40, 76), (110, 79), (190, 76)])
            canvas.fill([ground(0xe2c79a), ground(0xd0b080)], top: 76, bottom: 96)
        }
    }

    private func house(x: Double, width: Double, wall: UInt32, roof: UInt32, height: Double) {
        let top = 71 - height
        canvas.rectangle(x, top, width, height + 2)
        canvas.paint(scenery(wall), outline: edge(wall), width: 1.1)
        canvas.polygon([(x - 4, top + 1), (x + width / 2, top - 15), (x + width + 4, top + 1)])
        canvas.paint(
            light.weather == .snow ? light.scenery(Color(roof).mixed(with: Color(0xf6faff), 0.6)) : scenery(roof),
            outline: edge(roof),
            width: 1.2)
        canvas.rectangle(x + width * 0.58, 71 - 12, 6.5, 12)
        canvas.fill(scenery(0x8a5c3c))
        let lit = light.time == .night || light.time == .evening
        canvas.rectangle(x + width * 0.17, top + 5.5, 7.5, 7)
        canvas.paint(lit ? Color(0xffd968) : scenery(0x9fd4ea), outline: edge(wall), width: 1)
        if light.time == .night { canvas.glow(x + width * 0.17 + 3.7, top + 9, 11, Color(0xffd968), alpha: 0.45) }
    }

    private func cave() {
        layer(0.25) {
            canvas.land([(-30, 42), (4, 27), (30, 44), (52, 34), (84, 52), (130, 40), (190, 50)])
            canvas.fill(ground(0xa49cc0))
        }
        layer(0.8) {
            canvas.land([
                (44, 80), (54, 50), (66, 30), (84, 16), (106, 9), (130, 12), (152, 6), (190, 10),
            ])
            canvas.paint(scenery(0x8f8496), outline: edge(0x8f8496), width: 1.4)
            canvas.blob([(66, 36), (84, 19), (104, 13), (100, 22), (84, 30)])
            canvas.fill(ground(0xa89db0))
            canvas.blob([(128, 17), (150, 11), (166, 14), (156, 24), (138, 24)])
            canvas.fill(ground(0xa89db0))
            canvas.blob([(82, 76), (84, 52), (96, 36), (112, 31), (128, 37), (138, 53), (140, 76), (112, 84)])
            canvas.paint(scenery(0x2e2438), outline: edge(0x5c5068), width: 2)
            canvas.blob([(94, 78), (97, 58), (112, 45), (126, 58), (129, 78), (112, 84)])
            canvas.fill(scenery(0x1c1426))
        }
        layer(1) {
            canvas.land([(-30, 70), (30, 67), (90, 71), (150, 68), (190, 70)])
            canvas.fill([ground(0xa99c86), ground(0x8c8070)], top: 67, bottom: 96)
            boulder(56, 72, 1)
            boulder(150, 74, 1.3)
            boulder(8, 71, 0.9)
        }
    }

    private func boulder(_ x: Double, _ y: Double, _ size: Double) {
        canvas.moved(x: x, y: y, scaleX: size, scaleY: size) {
            canvas.blob([(-8, 0), (-7, -6), (0, -9), (7, -6), (9, 0), (0, 1.5)])
            canvas.paint(ground(0x9a90a0), outline: edge(0x7c7284), width: 1.1)
        }
    }
}
