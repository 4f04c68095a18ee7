import Pictures
import Testing

@Suite struct ReductionTests {
    @Test("Each square of pixels becomes its mean")
    func mean() {
        let image = Image(
            width: 4, height: 2,
            pixels: [
                0, 10, 0, 2, 20, 1, 9, 9, 9, 9, 9, 9,
                4, 30, 0, 6, 40, 2, 9, 9, 9, 9, 9, 10,
            ])
        #expect(image.reduced(by: 2) == Image(width: 2, height: 1, pixels: [3, 25, 1, 9, 9, 9]))
        #expect(image.reduced(by: 1) == image)
    }

    @Test("A picture of squares of equal pixels loses nothing")
    func squares() {
        let card = testCard(width: 5, height: 3)
        var pixels: [UInt8] = []
        for y in 0..<9 {
            for x in 0..<15 {
                let place = (y / 3 * 5 + x / 3) * 3
                pixels += card.pixels[place..<place + 3]
            }
        }
        #expect(Image(width: 15, height: 9, pixels: pixels).reduced(by: 3) == card)
    }
}
