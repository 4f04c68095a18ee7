import CCairo
import Foundation

/// Curves over a common axis, with a legend: a training's, or what more workers bring.
package struct LinePlot {
    package struct Curve {
        let name: String
        let points: [(x: Double, y: Double)]
        let isDashed: Bool

        /// Points that are not finite are left out, and of a logarithmic axis those that are not positive.
        package init(_ name: String, _ points: [(x: Double, y: Double)], isDashed: Bool = false) {
            (self.name, self.points, self.isDashed) = (name, points, isDashed)
        }
    }

    /// How numbers become places along an axis.
    package enum Scale {
        /// From the least to the greatest number.
        case linear
        /// Powers of ten are equally far apart.
        case logarithmic
    }

    package struct Axis {
        let label: String
        let scale: Scale
        let number: (Double) -> String

        /// - Parameter number: how a number is written beside the axis
        package init(
            _ label: String, _ scale: Scale = .linear,
            number: @escaping (Double) -> String = { String(format: "%g", $0) }
        ) {
            (self.label, self.scale, self.number) = (label, scale, number)
        }
    }

    private static let size = (width: 760.0, height: 420.0)
    private static let frame = (left: 76.0, right: 190.0, top: 44.0, bottom: 48.0)
    private static let colours: [(Double, Double, Double)] = [
        (0.15, 0.35, 0.6), (0.82, 0.42, 0.2), (0.2, 0.5, 0.3), (0.55, 0.3, 0.6), (0.4, 0.4, 0.4), (0.75, 0.2, 0.3),
    ]

    private let title: String
    private let x, y: Axis
    private let curves: [Curve]

    package init(title: String, x: Axis, y: Axis, curves: [Curve]) {
        (self.title, self.x, self.y, self.curves) = (title, x, y, curves)
    }

    /// The plot.
    /// - Throws: `PictureError` where Cairo cannot draw it
    package func image() throws -> Image {
        let (size, frame) = (Self.size, Self.frame)
        let curves = curves.map { curve in
            Curve(
                curve.name, curve.points.filter { x.scale.holds($0.x) && y.scale.holds($0.y) },
                isDashed: curve.isDashed)
        }
        let horizontal = Ruler(x.scale, curves.flatMap { $0.points.map(\.x) })
        let vertical = Ruler(y.scale, curves.flatMap { $0.points.map(\.y) })
        func place(_ point: (x: Double, y: Double)) -> (Double, Double) {
            (
                frame.left + horizontal.share(point.x) * (size.width - frame.left - frame.right),
                size.height - frame.bottom - vertical.share(point.y) * (size.height - frame.top - frame.bottom)
            )
        }
        let surface = try Surface(width: Int(size.width), height: Int(size.height))
        let context = surface.context
        surface.layPaper()
        surface.write(title, 16, 26, size: 14)
        surface.write(x.label, frame.left, size.height - 12, size: 11)
        surface.write(y.label, 16, frame.top - 6, size: 11)
        for mark in horizontal.marks {
            let at = place((mark, vertical.least))
            cairo_set_source_rgb(context, 0.88, 0.87, 0.85)
            surface.line((at.0, frame.top), (at.0, size.height - frame.bottom), width: 1)
            cairo_set_source_rgb(context, 0.45, 0.45, 0.5)
            surface.write(x.number(mark), at.0 - 8, size.height - frame.bottom + 16, size: 10)
        }
        for mark in vertical.marks {
            let at = place((horizontal.least, mark))
            cairo_set_source_rgb(context, 0.88, 0.87, 0.85)
            surface.line((frame.left, at.1), (size.width - frame.right, at.1), width: 1)
            cairo_set_source_rgb(context, 0.45, 0.45, 0.5)
            surface.write(y.number(mark), 16, at.1 + 4, size: 10)
        }
        for (number, curve) in curves.enumerated() {
            let colour = Self.colours[number % Self.colours.count]
            cairo_set_source_rgb(context, colour.0, colour.1, colour.2)
            cairo_set_line_width(context, 2)
            cairo_set_dash(context, [6, 4], curve.isDashed ? 2 : 0, 0)
            for (index, point) in curve.points.enumerated() {
                let at = place(point)
                if index == 0 { cairo_move_to(context, at.0, at.1) } else { cairo_line_to(context, at.0, at.1) }
            }
            cairo_stroke(context)
            let row = frame.top + 12 + 18 * Double(number)
            surface.line((size.width - frame.right + 14, row - 4), (size.width - frame.right + 38, row - 4), width: 2)
            cairo_set_source_rgb(context, 0.16, 0.15, 0.2)
            surface.write(curve.name, size.width - frame.right + 44, row, size: 11)
        }
        return surface.image()
    }
}

extension LinePlot.Scale {
    fileprivate func holds(_ number: Double) -> Bool {
        number.isFinite && (self == .linear || number > 0)
    }
}

/// An axis' numbers as shares of its length, and those that are written beside it.
struct Ruler {
    let scale: LinePlot.Scale
    let least, greatest: Double

    init(_ scale: LinePlot.Scale, _ numbers: [Double]) {
        self.scale = scale
        let (least, greatest) = (numbers.min() ?? 1, numbers.max() ?? 10)
        switch scale {
        case .linear where least == greatest: (self.least, self.greatest) = (least - 1, greatest + 1)
        case .linear: (self.least, self.greatest) = (least, greatest)
        case .logarithmic where least == greatest: (self.least, self.greatest) = (least / 10, greatest * 10)
        case .logarithmic: (self.least, self.greatest) = (least, greatest)
        }
    }

    func share(_ number: Double) -> Double {
        switch scale {
        case .linear: (number - least) / (greatest - least)
        case .logarithmic: log(number / least) / log(greatest / least)
        }
    }

    /// Round numbers, some three to ten of them.
    var marks: [Double] {
        switch scale {
        case .linear:
            let raw = (greatest - least) / 5
            let power = pow(10, floor(log10(raw)))
            let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw * 0.999 } ?? raw
            return stride(from: (least / step).rounded(.up) * step, through: greatest, by: step).map {
                abs($0) < step / 1e6 ? 0 : $0
            }
        case .logarithmic:
            let powers = (Int(floor(log10(least)))...Int(ceil(log10(greatest)))).map { pow(10, Double($0)) }
            let digits: [Double] = powers.count > 3 ? [1] : [1, 2, 5]
            return powers.flatMap { power in digits.map { $0 * power } }.filter { (least...greatest).contains($0) }
        }
    }
}
