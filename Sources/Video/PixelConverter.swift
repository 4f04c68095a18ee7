import CLibAV
import Pictures

/// How RGB becomes YUV and back.
///
/// The matrix is BT.601, tagged as such: it is right for players that read the tag, and also for the many that do not,
/// as those take BT.601 for pictures as small as ours. Chroma sits in the middle of its four pixels, as libswscale has it.
enum Colour {
    static let matrix = AVCOL_SPC_SMPTE170M
    static let primaries = AVCOL_PRI_BT709
    static let transfer = AVCOL_TRC_BT709
    static let range = AVCOL_RANGE_MPEG
    static let chromaLocation = AVCHROMA_LOC_CENTER

    /// Rounding that is accurate, and the same on every CPU.
    static let scalerFlags =
        Int32(SWS_BICUBIC) | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT
}

/// Converts frames of one size between two pixel formats, one of which is RGB, by libswscale.
final class PixelConverter {
    private let context: OpaquePointer

    init(
        width: Int32, height: Int32, from source: AVPixelFormat, to target: AVPixelFormat,
        matrix: AVColorSpace = Colour.matrix, fullRange: Bool = false
    ) throws {
        context = try allocated(
            sws_getContext(width, height, source, width, height, target, Colour.scalerFlags, nil, nil, nil),
            "sws_getContext")
        let coefficients = sws_getCoefficients(Int32(bitPattern: matrix.rawValue))
        let sourceIsRGB = source == AV_PIX_FMT_RGB24
        let one: Int32 = 1 << 16
        // Fails for formats without a matrix (RGB to RGB), where nothing is to be set.
        sws_setColorspaceDetails(
            context, coefficients, sourceIsRGB || fullRange ? 1 : 0, coefficients,
            !sourceIsRGB || fullRange ? 1 : 0, 0, one, one)
    }

    deinit { sws_freeContext(context) }

    func convert(_ source: Frame, into target: Frame) throws { try scale(source, into: target, by: context) }
}

/// libswscale's whole-frame conversion.
func scale(_ source: Frame, into target: Frame, by context: OpaquePointer) throws {
    let from = source.pointer.pointee
    let to = target.pointer.pointee
    let rows = withUnsafePointer(to: from.data) { planes in
        withUnsafePointer(to: from.linesize) { strides in
            withUnsafePointer(to: to.data) { targetPlanes in
                withUnsafePointer(to: to.linesize) { targetStrides in
                    sws_scale(
                        context,
                        UnsafeRawPointer(planes).assumingMemoryBound(to: UnsafePointer<UInt8>?.self),
                        UnsafeRawPointer(strides).assumingMemoryBound(to: Int32.self), 0, from.height,
                        UnsafeRawPointer(targetPlanes).assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self),
                        UnsafeRawPointer(targetStrides).assumingMemoryBound(to: Int32.self))
                }
            }
        }
    }
    try check(rows, "sws_scale")
}

extension Frame {
    /// Copies an RGB image of the frame's size into this RGB24 frame.
    func fill(with image: Image) {
        let rowBytes = image.width * 3
        let stride = Int(pointer.pointee.linesize.0)
        guard let rows = pointer.pointee.data.0 else { return }
        image.pixels.withUnsafeBufferPointer { pixels in
            guard let start = pixels.baseAddress else { return }
            for y in 0..<image.height {
                (rows + y * stride).update(from: start + y * rowBytes, count: rowBytes)
            }
        }
    }

    /// The image in this RGB24 frame.
    func image() -> Image {
        let width = Int(pointer.pointee.width)
        let height = Int(pointer.pointee.height)
        let stride = Int(pointer.pointee.linesize.0)
        let rows = pointer.pointee.data.0
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
            guard let rows, let start = buffer.baseAddress else { return }
            for y in 0..<height {
                (start + y * width * 3).initialize(from: rows + y * stride, count: width * 3)
            }
            count = width * height * 3
        }
        return Image(width: width, height: height, pixels: pixels)
    }
}
