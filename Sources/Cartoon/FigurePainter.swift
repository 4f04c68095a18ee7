import Foundation

/// Draws a character in a pose. Figures look to the right; facing left mirrors them.
struct FigurePainter {
    let canvas: Canvas
    let light: Light
    let pose: Pose

    static let outlineWidth = 1.5

    /// - Parameters:
    ///   - x: the middle of the feet, in stage units.
    ///   - floor: where the feet stand.
    func draw(_ character: CartoonCharacter, x: Double, floor: Double) {
        canvas.moved(x: x, y: floor) {
            // The shadow shrinks while the feet are in the air.
            let shadow = 1 - pose.rise / 40
            canvas.ellipse(0, 0.8, (pose.action == .sit ? 12 : 9.5) * shadow, 2.2 * shadow)
            canvas.fill(light.outline, alpha: 0.28)
        }
        let squash = 1 - 0.14 * pose.crouch
        canvas.moved(
            x: x, y: floor - pose.rise, scaleX: (pose.facing == .right ? 1 : -1) * (2 - squash), scaleY: squash
        ) {
            switch character {
            case .pim: pim()
            case .lulu: lulu()
            case .rok: rok()
            case .bo: bo()
            }
        }
    }

    private func color(_ hex: UInt32) -> Color { light.figure(Color(hex)) }

    private func paint(_ hex: UInt32) {
        canvas.paint(color(hex), outline: light.outline, width: Self.outlineWidth)
    }

    /// A limb: a thick line with a border.
    private func limb(_ points: [(Double, Double)], _ hex: UInt32, width: Double) {
        canvas.line(points)
        canvas.stroke(light.outline, width: width + 2 * Self.outlineWidth - 0.6)
        canvas.line(points)
        canvas.stroke(color(hex), width: width)
    }

    /// Two legs from `hip` units above the floor, with shoes.
    private func legs(_ hex: UInt32, shoes: UInt32, hip: Double, spread: Double, width: Double) {
        for side in [-1.0, 1.0] {
            let top = (side * spread, -hip - pose.bob * 0.5)
            let foot: (Double, Double)
            if pose.action == .sit {
                foot = (side * spread * 0.6 + 10.5, -2.2)
                limb([(side * spread * 0.7, -3.4), foot], hex, width: width)
            } else if pose.action == .walk {
                let forward = side * pose.swing
                // The foot that comes forward is lifted a little.
                foot = (side * spread * 0.4 + 5.5 * forward, -1.6 - max(0, -forward) * 1.2)
                limb([top, foot], hex, width: width)
            } else if pose.inAir {
                foot = (side * (spread + 2.2), -2.4)
                limb([top, foot], hex, width: width)
            } else {
                foot = (side * spread, -1.6)
                limb([top, foot], hex, width: width)
            }
            canvas.ellipse(foot.0 + 1, foot.1 + 0.3, 3, 1.9)
            canvas.paint(color(shoes), outline: light.outline, width: 1.1)
        }
    }

    /// An arm from a shoulder; `side` is 1 for the one that waves, around the angle `wave`.
    private func arm(
        _ side: Double, shoulder: (Double, Double), length: Double, _ sleeve: UInt32, hand: UInt32, width: Double,
        wave: Double = 2.4
    ) {
        // Angles are from hanging down; outward, except that a walker's arms swing forward and back.
        let angle: Double
        switch pose.action {
        case .walk: angle = side * (side * 0.15 - 0.7 * pose.swing)
        case .wave where side > 0: angle = wave + pose.hand
        case .jump: angle = 0.7 + 1.3 * min(1, pose.rise / 8)
        case .sit: angle = 0.55
        default: angle = 0.38
        }
        // A waving arm is drawn longer, so that the hand clears the head.
        let length = pose.action == .wave && side > 0 ? length * 1.4 : length
        let end = (shoulder.0 + side * sin(angle) * length, shoulder.1 + cos(angle) * length)
        limb([shoulder, end], sleeve, width: width)
        canvas.circle(end.0, end.1, width * 0.62)
        canvas.paint(color(hand), outline: light.outline, width: 1.1)
    }

    /// How far the upper body sinks when sitting down.
    private func body(sitting drop: Double, _ draw: () -> Void) {
        canvas.moved(y: (pose.action == .sit ? drop : 0) - pose.bob, draw)
    }

    private func eyes(_ y: Double, x: Double, gap: Double, radius: Double = 1.25) {
        canvas.ellipse(x - gap / 2, y, radius, radius * 1.3)
        canvas.ellipse(x + gap / 2, y, radius, radius * 1.3)
        canvas.fill(light.outline)
    }

    // MARK: The cast

    private func pim() {
        legs(0x3a56a8, shoes: 0x5a3a2a, hip: 9, spread: 3, width: 4)
        body(sitting: 5.5) {
            arm(-1, shoulder: (-5, -17), length: 7, 0xd8322e, hand: 0xf6c9a0, width: 3.4)
            canvas.rectangle(-6.5, -19.5, 13, 12.5, round: 4)
            paint(0xe23b36)
            canvas.circle(0, -26, 8)
            paint(0xf8cfa8)
            eyes(-25.2, x: 2.6, gap: 5)
            canvas.line([(1.2, -21.6), (3, -21), (4.8, -21.6)])
            canvas.stroke(light.outline, width: 1)
            // The cap: a dome and a brim towards where he looks.
            canvas.line([(3, -29.2), (12, -28.8)])
            canvas.stroke(light.outline, width: 4)
            canvas.polygon([(-8.4, -28.4), (-7.6, -33), (-3.5, -36.2), (2, -36.4), (6.4, -33.8), (8, -28.4)])
            paint(0xd42a2a)
            canvas.line([(4, -29.2), (12, -28.8)])
            canvas.stroke(color(0xb81f24), width: 1.9)
            arm(1, shoulder: (5, -17), length: 7, 0xd8322e, hand: 0xf6c9a0, width: 3.4)
        }
    }

    private func lulu() {
        legs(0xf4c8a4, shoes: 0xb0406c, hip: 9, spread: 2.8, width: 3)
        body(sitting: 5) {
            canvas.blob([
                (-9.4, -31), (0, -39.5), (9, -31), (7.4, -20), (9, -13), (0, -15), (-10.6, -12.4), (-8.8, -22),
            ])
            paint(0x4a2c28)
            arm(-1, shoulder: (-4, -19), length: 7.4, 0xf4c8a4, hand: 0xf4c8a4, width: 2.8)
            canvas.polygon([(-4, -21.5), (4, -21.5), (9.5, -6.5), (-9.5, -6.5)])
            paint(0xffd02e)
            canvas.circle(0.6, -28.6, 7.2)
            paint(0xfad4b2)
            canvas.blob([(-7.2, -28.6), (-5.6, -35), (1.4, -37.2), (7.8, -33.4), (8, -29.6), (3.4, -32.4), (-3, -32)])
            canvas.fill(color(0x4a2c28))
            eyes(-27.4, x: 2.8, gap: 4.8)
            canvas.line([(1.6, -24.2), (3.2, -23.6), (4.8, -24.2)])
            canvas.stroke(color(0xc0404c), width: 1.1)
            arm(1, shoulder: (4, -19), length: 7.4, 0xf4c8a4, hand: 0xf4c8a4, width: 2.8)
        }
    }

    private func rok() {
        body(sitting: 4) {
            canvas.blob([(-4, -18), (-12, -11), (-21, -8.5 + pose.swing), (-12, -4), (-2, -6)])
            paint(0x43ad4c)
            for plate in [(-7.4, -25.0), (-9.6, -17.6), (-12.6, -11.6)] {
                canvas.polygon([
                    (plate.0 + 3, plate.1 - 3.4), (plate.0 - 4.4, plate.1 - 3.4), (plate.0 + 1, plate.1 + 4),
                ])
                canvas.paint(color(0xff9a2e), outline: light.outline, width: 1.1)
            }
        }
        legs(0x3a9c44, shoes: 0x3a9c44, hip: 8, spread: 4.4, width: 5.4)
        body(sitting: 4) {
            canvas.blob([(-8.6, -8), (-8.6, -17), (-5.4, -25), (3.4, -25), (8, -15), (7.6, -7), (0, -4.6)])
            paint(0x4fbe56)
            canvas.ellipse(3, -12, 4.4, 6)
            canvas.fill(color(0xd8efa0))
            canvas.blob([
                (-7, -30), (-4.4, -37.4), (3, -39), (8, -35), (14.4, -32.4), (15, -27.6), (8, -25), (-2, -24.4),
            ])
            paint(0x4fbe56)
            canvas.circle(4.2, -33.4, 2.4)
            canvas.fill(color(0xffffff))
            canvas.circle(4.9, -33.2, 1.3)
            canvas.fill(light.outline)
            canvas.line([(7.4, -27.6), (13, -28.4)])
            canvas.stroke(light.outline, width: 1)
            arm(1, shoulder: (6, -19), length: 6.2, 0x43ad4c, hand: 0x43ad4c, width: 3.2, wave: 1.7)
        }
    }

    private func bo() {
        legs(0x65788c, shoes: 0x4c5c70, hip: 8.5, spread: 4.4, width: 4)
        body(sitting: 5) {
            arm(-1, shoulder: (-8.6, -19), length: 8, 0x6f8398, hand: 0x4c5c70, width: 3.4)
            canvas.rectangle(-8.5, -22, 17, 15, round: 2)
            paint(0x8fa6bc)
            canvas.rectangle(-4.5, -18.5, 9, 7, round: 1.5)
            canvas.fill(color(0x5c728a))
            canvas.circle(0, -15, 2.1)
            canvas.fill(color(0xff6a4a))
            canvas.line([(0, -34), (0, -39)])
            canvas.stroke(light.outline, width: 1.7)
            canvas.circle(0, -40, 2.2)
            canvas.paint(color(0xff6a4a), outline: light.outline, width: 1.1)
            canvas.rectangle(-9.5, -35.5, 19, 12.5, round: 2.5)
            paint(0xa9bed2)
            canvas.rectangle(-4.5, -32.6, 13, 6.4, round: 2.4)
            canvas.fill(color(0x28384e))
            canvas.circle(-0.8, -29.4, 1.6)
            canvas.circle(5, -29.4, 1.6)
            canvas.fill(color(0x6ff0f4))
            arm(1, shoulder: (8.6, -19), length: 8, 0x6f8398, hand: 0x4c5c70, width: 3.4)
        }
    }
}
