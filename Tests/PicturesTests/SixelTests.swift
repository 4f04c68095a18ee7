import Foundation
import TestSupport
import Testing

@testable import Pictures

@Suite struct SixelTests {
    @Test("A picture becomes bands of six rows, and equal neighbours are counted")
    func bands() {
        // Eight rows of ten red pixels: 5 shades of red, none of green and blue, are colour 180.
        let image = Image(width: 10, height: 8, pixels: Array(repeating: [255, 0, 0], count: 80).flatMap { $0 })
        let text = Sixel.encode(image)
        #expect(text.hasPrefix("\u{1B}P0;1q\"1;1;10;8"))
        #expect(text.contains("#180;2;100;0;0"))
        #expect(text.hasSuffix("#180!10~-#180!10B-\u{1B}\\"))
    }

    /// libsixel's, of the Debian package libsixel-bin.
    private static let decoder = URL(filePath: "/usr/bin/sixel2png")

    @Test(
        "Another program's decoder sees the picture that was meant",
        .enabled(if: FileManager.default.isExecutableFile(atPath: decoder.path), "sixel2png is not installed"))
    func roundTrip() throws {
        // Of the shades that sixel gets, so that nothing is dithered; neither width nor height is a multiple of six.
        var pixels: [UInt8] = []
        for row in 0..<23 {
            for column in 0..<37 { pixels += [column, row, row + column].map { UInt8($0 % 6 * 51) } }
        }
        let image = Image(width: 37, height: 23, pixels: pixels)
        let folder = try TemporaryDirectory()
        let text = try folder.write(Sixel.encode(image), to: "picture.six")
        let png = folder.file("picture.png")
        let (status, said) = try run(Self.decoder, ["-i", text.path, "-o", png.path], log: folder.file("log"))
        #expect(status == 0, "\(said)")
        #expect(try Image(png: Data(contentsOf: png), called: "picture.png") == image)
    }
}
