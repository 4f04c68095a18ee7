import CCairo

/// Shares, one to a line: a dot on an axis from 0 to 100 %, a line for its interval, a bar for what it is compared with.
package struct DotPlot {
    package struct Row {
        let label: String
        let value: Double
        let low, high, mark: Double?

        /// - Parameters: shares, 0 to 1; what lies beyond is drawn at the edge.
        package init(label: String, value: Double, low: Double?, high: Double?, mark: Double?) {
            (self.label, self.value, self.low, self.high, self.mark) = (label, value, low, high, mark)
        }
    }

    private static let labelWidth = 330.0
    private static let axisWidth = 440.0
    private static let rowHeight = 20.0
    private static let top = 54.0
    private static let margin = 16.0

    private let title: String
    private let rows: [Row]

    package init(title: String, rows: [Row]) {
        self.title = title
        self.rows = rows
    }

    /// The plot, 818 pixels wide and 20 high for each row.
    /// - Throws: `PictureError` where that is larger than Cairo can draw
    package func image() throws -> Image {
        let height = Self.top + Self.rowHeight * Double(rows.count) + Self.margin
        let surface = try Surface(
            width: Int(Self.labelWidth + Self.axisWidth + 3 * Self.margin), height: Int(height))
        let context = surface.context
        func x(_ share: Double) -> Double {
            2 * Self.margin + Self.labelWidth + min(1, max(0, share)) * Self.axisWidth
        }
        surface.layPaper()
        surface.write(title, Self.margin, Self.margin + 12, size: 14)
        for percent in stride(from: 0, through: 100, by: 20) {
            cairo_set_source_rgb(context, 0.45, 0.45, 0.5)
            surface.write("\(percent) %", x(Double(percent) / 100) - 10, Self.top - 10, size: 10)
            cairo_set_source_rgb(context, 0.85, 0.84, 0.82)
            surface.line(
                (x(Double(percent) / 100), Self.top - 4), (x(Double(percent) / 100), height - Self.margin), width: 1)
        }
        for (number, row) in rows.enumerated() {
            let y = Self.top + Self.rowHeight * (Double(number) + 0.5)
            cairo_set_source_rgb(context, 0.16, 0.15, 0.2)
            surface.write(row.label, Self.margin, y + 4, size: 11)
            if let mark = row.mark {
                cairo_set_source_rgb(context, 0.82, 0.42, 0.2)
                surface.line((x(mark), y - 6), (x(mark), y + 6), width: 3)
            }
            cairo_set_source_rgb(context, 0.15, 0.35, 0.6)
            if let low = row.low, let high = row.high { surface.line((x(low), y), (x(high), y), width: 2) }
            cairo_arc(context, x(row.value), y, 4, 0, 2 * .pi)
            cairo_fill(context)
        }
        return surface.image()
    }
}
