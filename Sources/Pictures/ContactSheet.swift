import CCairo

/// A grid of frames on one picture: a title above, a label under each frame.
///
/// Frames of different sizes share cells of the largest one; each is set in its cell's top left corner, pixel for pixel.
package struct ContactSheet {
    /// Pixels between cells, and around all of them.
    package static let margin = 8
    /// Height in pixels of the line of text under a frame.
    static let labelHeight = 16
    /// Height in pixels of the title's line; 0 of it is used when the title is empty.
    static let titleHeight = 26

    private let columns: Int
    private let title: String
    private var cells: [(image: Image, label: String)] = []

    /// - Parameter columns: frames in a row; at least 1.
    package init(columns: Int, title: String) {
        self.columns = max(1, columns)
        self.title = title
    }

    /// Appends a frame: cells fill rows from left to right.
    package mutating func add(_ image: Image, label: String) {
        cells.append((image, label))
    }

    /// Where the `index`-th frame's top left corner lies on the sheet, in pixels.
    func corner(of index: Int) -> (left: Int, top: Int) {
        let cell = cellSize
        return (
            Self.margin + index % columns * (cell.width + Self.margin),
            top + index / columns * (cell.height + Self.labelHeight + Self.margin)
        )
    }

    /// Draws the sheet.
    /// - Throws: `PictureError` where the sheet would be larger than Cairo can draw (32 767 pixels a side)
    package func image() throws -> Image {
        let cell = cellSize
        let used = min(columns, max(1, cells.count))
        let rows = max(1, (cells.count + columns - 1) / columns)
        let surface = try Surface(
            width: Self.margin + used * (cell.width + Self.margin),
            height: top + rows * (cell.height + Self.labelHeight + Self.margin))
        let context = surface.context
        cairo_set_source_rgb(context, 0.98, 0.975, 0.96)
        cairo_paint(context)
        cairo_select_font_face(context, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD)
        cairo_set_source_rgb(context, 0.16, 0.15, 0.2)
        cairo_set_font_size(context, 15)
        cairo_move_to(context, Double(Self.margin), Double(Self.margin + 15))
        cairo_show_text(context, title)
        cairo_select_font_face(context, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, 11)
        for (index, entry) in cells.enumerated() {
            let corner = corner(of: index)
            surface.put(entry.image, left: corner.left, top: corner.top)
            cairo_save(context)
            // A long label is cut at its cell's edge, so that it never runs into its neighbour's.
            cairo_rectangle(
                context, Double(corner.left), Double(corner.top + cell.height), Double(cell.width),
                Double(Self.labelHeight))
            cairo_clip(context)
            cairo_move_to(context, Double(corner.left), Double(corner.top + cell.height + 12))
            cairo_show_text(context, entry.label)
            cairo_restore(context)
        }
        return surface.image()
    }

    private var top: Int {
        Self.margin + (title.isEmpty ? 0 : Self.titleHeight)
    }

    private var cellSize: (width: Int, height: Int) {
        (cells.map(\.image.width).max() ?? 1, cells.map(\.image.height).max() ?? 1)
    }
}
