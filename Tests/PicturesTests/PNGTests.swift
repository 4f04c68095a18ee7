import Files
import Foundation
import Testing

@testable import Pictures

@Suite struct PNGTests {
    @Test("A picture written as PNG reads back pixel for pixel, and writing it again gives the same bytes")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let image = testCard(width: 37, height: 23)
        let url = folder.url.appending(path: "card.png")
        try image.writePNG(to: url)
        #expect(try Image(png: Data(contentsOf: url), called: "card.png") == image)
        #expect(try Data(contentsOf: url) == image.png())
    }

    @Test("A truncated PNG is refused by name")
    func truncated() throws {
        let whole = try testCard(width: 64, height: 64).png()
        let error = #expect(throws: PictureError.self) {
            try Image(png: whole.prefix(whole.count / 2), called: "half.png")
        }
        #expect(error?.description.contains("half.png is not a whole PNG") == true)
    }

    @Test("A picture larger than Cairo can draw is refused with the limit")
    func tooLarge() {
        let error = #expect(throws: PictureError.self) { try Surface(width: 40_000, height: 10) }
        #expect(error?.description.contains("1 to 32767") == true)
    }
}
