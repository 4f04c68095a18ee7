/// A picture of 8-bit RGB: rows from top to bottom, pixels from left to right, no padding.
package struct Image: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// `width * height * 3` bytes, red first.
    package var pixels: [UInt8]

    /// - Precondition: `pixels.count == width * height * 3`.
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height * 3,
            "an image of \(width)x\(height) needs \(width * height * 3) bytes, not \(pixels.count)")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}

/// Why a picture could not be drawn, read or written, in a sentence for people.
package struct PictureError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
