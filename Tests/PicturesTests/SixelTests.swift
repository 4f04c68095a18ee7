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
}
