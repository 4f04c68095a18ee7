import CLibAV
package import Pictures

/// Brings pictures of one size to another: cuts what the other ratio has no room for off both sides, then averages by area.
package final class Resizer {
    private let context: OpaquePointer
    private let source: Frame
    private let target: Frame
    private let crop: (x: Int, y: Int, width: Int, height: Int)

    /// - Parameters: sizes in pixels; all sides are at least 1
    /// - Throws: `VideoError` where there is no memory for it
    package init(from: (width: Int, height: Int), to: (width: Int, height: Int)) throws {
        // The largest part of the source that has the target's ratio.
        let width = min(from.width, max(1, from.height * to.width / to.height))
        let height = min(from.height, max(1, from.width * to.height / to.width))
        crop = ((from.width - width) / 2, (from.height - height) / 2, width, height)
        context = try allocated(
            sws_getContext(
                Int32(width), Int32(height), AV_PIX_FMT_RGB24, Int32(to.width), Int32(to.height), AV_PIX_FMT_RGB24,
                Int32(SWS_AREA) | SWS_ACCURATE_RND | SWS_BITEXACT, nil, nil, nil), "sws_getContext")
        source = try Frame(width: Int32(width), height: Int32(height), format: AV_PIX_FMT_RGB24)
        target = try Frame(width: Int32(to.width), height: Int32(to.height), format: AV_PIX_FMT_RGB24)
    }

    deinit { sws_freeContext(context) }

    /// - Parameter image: of the size that this is made for
    /// - Returns: the picture in the other size
    /// - Throws: `VideoError`
    package func resize(_ image: Image) throws -> Image {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(crop.width * crop.height * 3)
        for y in crop.y..<crop.y + crop.height {
            let start = (y * image.width + crop.x) * 3
            pixels += image.pixels[start..<start + crop.width * 3]
        }
        source.fill(with: Image(width: crop.width, height: crop.height, pixels: pixels))
        try scale(source, into: target, by: context)
        return target.image()
    }
}
