import CCairo

/// A Cairo image surface of opaque 24-bit colour and a context that draws on it.
///
/// Not thread-safe: one thread at a time. `context` lives as long as the surface.
package final class Surface {
    package let width: Int
    package let height: Int
    package let context: OpaquePointer
    private let surface: OpaquePointer

    /// A black surface. Sides are pixels, 1 to 32 767 (Cairo's limit).
    package convenience init(width: Int, height: Int) throws {
        guard (1...32767).contains(width), (1...32767).contains(height) else {
            throw PictureError(
                "cannot draw a picture of \(width)x\(height) pixels: each side must be from 1 to 32767")
        }
        try self.init(adopting: cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)))
    }

    /// Takes over a surface that Cairo made, and its reference count of one.
    init(adopting surface: OpaquePointer) throws {
        let status = cairo_surface_status(surface)
        guard status == CAIRO_STATUS_SUCCESS else {
            cairo_surface_destroy(surface)
            throw PictureError("Cairo made no surface: \(explain(status))")
        }
        self.surface = surface
        context = cairo_create(surface)
        width = Int(cairo_image_surface_get_width(surface))
        height = Int(cairo_image_surface_get_height(surface))
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    /// Paper to draw plots on, and the typeface of what is written on it.
    func layPaper() {
        cairo_set_source_rgb(context, 0.98, 0.975, 0.96)
        cairo_paint(context)
        cairo_select_font_face(context, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_source_rgb(context, 0.16, 0.15, 0.2)
    }

    func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), width: Double) {
        cairo_set_line_width(context, width)
        cairo_move_to(context, from.x, from.y)
        cairo_line_to(context, to.x, to.y)
        cairo_stroke(context)
    }

    /// - Parameters: where its base line begins
    func write(_ text: String, _ x: Double, _ y: Double, size: Double) {
        cairo_set_font_size(context, size)
        cairo_move_to(context, x, y)
        cairo_show_text(context, text)
    }

    /// Copies the pixels out.
    package func image() -> Image {
        cairo_surface_flush(surface)
        let stride = Int(cairo_image_surface_get_stride(surface))
        let width = self.width
        let height = self.height
        guard let data = cairo_image_surface_get_data(surface) else {
            return Image(width: width, height: height, pixels: [UInt8](repeating: 0, count: width * height * 3))
        }
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, count in
            var out = 0
            for y in 0..<height {
                // Cairo keeps a pixel as a 32-bit number in the byte order of the machine.
                let row = UnsafeRawPointer(data + y * stride).assumingMemoryBound(to: UInt32.self)
                for x in 0..<width {
                    let pixel = row[x]
                    target[out] = UInt8(truncatingIfNeeded: pixel >> 16)
                    target[out + 1] = UInt8(truncatingIfNeeded: pixel >> 8)
                    target[out + 2] = UInt8(truncatingIfNeeded: pixel)
                    out += 3
                }
            }
            count = out
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    /// Copies an image in, with its top left corner at (`left`, `top`); what does not fit is cut off.
    package func put(_ image: Image, left: Int = 0, top: Int = 0) {
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { return }
        let stride = Int(cairo_image_surface_get_stride(surface))
        let columns = max(0, -left)..<max(0, -left, min(image.width, width - left))
        for y in max(0, -top)..<max(0, -top, min(image.height, height - top)) {
            let row = UnsafeMutableRawPointer(data + (y + top) * stride).assumingMemoryBound(to: UInt32.self)
            for x in columns {
                let at = (y * image.width + x) * 3
                let red = UInt32(image.pixels[at])
                let green = UInt32(image.pixels[at + 1])
                let blue = UInt32(image.pixels[at + 2])
                row[x + left] = red << 16 | green << 8 | blue
            }
        }
        cairo_surface_mark_dirty(surface)
    }

    func withSurface<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
        cairo_surface_flush(surface)
        return try body(surface)
    }
}

func explain(_ status: cairo_status_t) -> String {
    String(cString: cairo_status_to_string(status))
}
