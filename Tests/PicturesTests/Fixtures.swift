import Foundation
import Pictures

/// Colours that differ from pixel to pixel, so that a shifted or swapped one shows.
func testCard(width: Int, height: Int, shade: UInt8 = 0) -> Image {
    var pixels: [UInt8] = []
    for y in 0..<height {
        for x in 0..<width {
            pixels += [
                UInt8(truncatingIfNeeded: x * 7), UInt8(truncatingIfNeeded: y * 11),
                shade &+ UInt8(truncatingIfNeeded: x ^ y),
            ]
        }
    }
    return Image(width: width, height: height, pixels: pixels)
}

func crop(_ image: Image, left: Int, top: Int, width: Int, height: Int) -> Image {
    var pixels: [UInt8] = []
    for y in top..<top + height {
        let start = (y * image.width + left) * 3
        pixels += image.pixels[start..<start + width * 3]
    }
    return Image(width: width, height: height, pixels: pixels)
}

/// A folder that goes away with its last reference.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "nuwa-pictures-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}
