import CCairo

/// Shapes on a stage of 160 by 96 units, whatever the picture's size.
struct Canvas {
    static let width = 160.0
    static let height = 96.0

    let context: OpaquePointer

    init(context: OpaquePointer, width: Int, height: Int) {
        self.context = context
        let scale = max(Double(width) / Canvas.width, Double(height) / Canvas.height)
        // Other ratios keep the ground: they lose the sides equally, or the top of the sky.
        cairo_translate(
            context, (Double(width) - Canvas.width * scale) / 2, Double(height) - Canvas.height * scale)
        cairo_scale(context, scale, scale)
        cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    }

    /// Draws in a coordinate system moved, scaled or mirrored (negative `scaleX`), then restores the old one.
    func moved(
        x: Double = 0, y: Double = 0, scaleX: Double = 1, scaleY: Double = 1, _ draw: () -> Void
    ) {
        cairo_save(context)
        cairo_translate(context, x, y)
        if scaleX != 1 || scaleY != 1 { cairo_scale(context, scaleX, scaleY) }
        draw()
        cairo_restore(context)
    }

    // MARK: Shapes

    func circle(_ x: Double, _ y: Double, _ radius: Double) {
        cairo_new_sub_path(context)
        cairo_arc(context, x, y, radius, 0, 2 * .pi)
        cairo_close_path(context)
    }

    func ellipse(_ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double) {
        cairo_save(context)
        cairo_translate(context, x, y)
        cairo_scale(context, radiusX, radiusY)
        circle(0, 0, 1)
        cairo_restore(context)
    }

    func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, round: Double = 0) {
        guard round > 0 else {
            cairo_rectangle(context, x, y, width, height)
            return
        }
        cairo_new_sub_path(context)
        cairo_arc(context, x + width - round, y + round, round, -.pi / 2, 0)
        cairo_arc(context, x + width - round, y + height - round, round, 0, .pi / 2)
        cairo_arc(context, x + round, y + height - round, round, .pi / 2, .pi)
        cairo_arc(context, x + round, y + round, round, .pi, 1.5 * .pi)
        cairo_close_path(context)
    }

    func polygon(_ points: [(Double, Double)]) {
        for (number, point) in points.enumerated() {
            if number == 0 {
                cairo_move_to(context, point.0, point.1)
            } else {
                cairo_line_to(context, point.0, point.1)
            }
        }
        cairo_close_path(context)
    }

    /// A closed smooth curve through the points (Catmull-Rom).
    func blob(_ points: [(Double, Double)]) {
        let count = points.count
        cairo_move_to(context, points[0].0, points[0].1)
        for i in 0..<count {
            curve(points[(i + count - 1) % count], points[i], points[(i + 1) % count], points[(i + 2) % count])
        }
        cairo_close_path(context)
    }

    /// The land below a smooth line through the points, which run from left to right.
    func land(_ points: [(Double, Double)]) {
        cairo_move_to(context, points[0].0, points[0].1)
        for i in 0..<points.count - 1 {
            curve(points[max(0, i - 1)], points[i], points[i + 1], points[min(points.count - 1, i + 2)])
        }
        cairo_line_to(context, points[points.count - 1].0, Canvas.height + 1)
        cairo_line_to(context, points[0].0, Canvas.height + 1)
        cairo_close_path(context)
    }

    private func curve(_ a: (Double, Double), _ b: (Double, Double), _ c: (Double, Double), _ d: (Double, Double)) {
        cairo_curve_to(
            context, b.0 + (c.0 - a.0) / 6, b.1 + (c.1 - a.1) / 6, c.0 - (d.0 - b.0) / 6, c.1 - (d.1 - b.1) / 6, c.0,
            c.1)
    }

    func line(_ points: [(Double, Double)]) {
        for (number, point) in points.enumerated() {
            if number == 0 {
                cairo_move_to(context, point.0, point.1)
            } else {
                cairo_line_to(context, point.0, point.1)
            }
        }
    }

    // MARK: Paint

    func fill(_ color: Color, alpha: Double = 1) {
        cairo_set_source_rgba(context, color.red, color.green, color.blue, alpha)
        cairo_fill(context)
    }

    func stroke(_ color: Color, width: Double, alpha: Double = 1) {
        cairo_set_source_rgba(context, color.red, color.green, color.blue, alpha)
        cairo_set_line_width(context, width)
        cairo_stroke(context)
    }

    /// Fills the shape and draws its border.
    func paint(_ color: Color, outline: Color, width: Double) {
        cairo_set_source_rgb(context, color.red, color.green, color.blue)
        cairo_fill_preserve(context)
        stroke(outline, width: width)
    }

    /// Fills the shape with colours that run evenly from `top` to `bottom`.
    func fill(_ colors: [Color], top: Double, bottom: Double) {
        let gradient = cairo_pattern_create_linear(0, top, 0, bottom)
        for (number, color) in colors.enumerated() {
            cairo_pattern_add_color_stop_rgb(
                gradient, Double(number) / Double(max(1, colors.count - 1)), color.red, color.green, color.blue)
        }
        cairo_set_source(context, gradient)
        cairo_fill(context)
        cairo_pattern_destroy(gradient)
    }

    /// A soft round light that fades out at `radius`.
    func glow(_ x: Double, _ y: Double, _ radius: Double, _ color: Color, alpha: Double) {
        let gradient = cairo_pattern_create_radial(x, y, 0, x, y, radius)
        cairo_pattern_add_color_stop_rgba(gradient, 0, color.red, color.green, color.blue, alpha)
        cairo_pattern_add_color_stop_rgba(gradient, 1, color.red, color.green, color.blue, 0)
        cairo_set_source(context, gradient)
        circle(x, y, radius)
        cairo_fill(context)
        cairo_pattern_destroy(gradient)
    }
}
