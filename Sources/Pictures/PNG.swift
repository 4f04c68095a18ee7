import CCairo
import Files
package import Foundation

extension Image {
    /// The picture as a PNG file. The same picture gives the same bytes.
    /// - Throws: `PictureError`
    package func png() throws -> Data {
        let surface = try Surface(width: width, height: height)
        surface.put(self)
        let bytes = ByteStream()
        let status = surface.withSurface { surface in
            cairo_surface_write_to_png_stream(
                surface,
                { closure, data, length in
                    guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
                    let bytes = Unmanaged<ByteStream>.fromOpaque(closure).takeUnretainedValue()
                    bytes.data.append(data, count: Int(length))
                    return CAIRO_STATUS_SUCCESS
                }, Unmanaged.passUnretained(bytes).toOpaque())
        }
        guard status == CAIRO_STATUS_SUCCESS else {
            throw PictureError("cannot make a PNG of \(width)x\(height) pixels: \(explain(status))")
        }
        return bytes.data
    }

    /// Writes the picture as PNG, whole or not at all.
    /// - Throws: `PictureError`, `SystemError`
    package func writePNG(to url: URL) throws {
        try DurableFile.write(png(), to: url)
    }

    /// Reads a PNG; transparent parts come out over black. Throws ``PictureError``.
    /// - Parameter name: what to call it where it is none
    package init(png data: Data, called name: String) throws {
        let bytes = ByteStream()
        bytes.data = data
        let read: OpaquePointer = cairo_image_surface_create_from_png_stream(
            { closure, data, length in
                guard let closure, let data else { return CAIRO_STATUS_READ_ERROR }
                let bytes = Unmanaged<ByteStream>.fromOpaque(closure).takeUnretainedValue()
                return bytes.read(into: data, count: Int(length)) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_READ_ERROR
            }, Unmanaged.passUnretained(bytes).toOpaque())
        let status = cairo_surface_status(read)
        guard status == CAIRO_STATUS_SUCCESS else {
            cairo_surface_destroy(read)
            throw PictureError("\(name) is not a whole PNG picture: \(explain(status))")
        }
        // Painted over a plain surface, so that every kind of PNG (grey, with alpha) ends as RGB.
        let picture = try Surface(adopting: read)
        let plain = try Surface(width: picture.width, height: picture.height)
        picture.withSurface { cairo_set_source_surface(plain.context, $0, 0, 0) }
        cairo_paint(plain.context)
        self = plain.image()
    }
}

/// What Cairo's read and write callbacks get as their closure.
private final class ByteStream {
    var data = Data()
    private var position = 0

    func read(into target: UnsafeMutablePointer<UInt8>, count: Int) -> Bool {
        guard position + count <= data.count else { return false }
        data.copyBytes(to: target, from: position..<position + count)
        position += count
        return true
    }
}
