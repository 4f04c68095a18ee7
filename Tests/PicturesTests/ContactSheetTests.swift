import Testing

@testable import Pictures

@Suite struct ContactSheetTests {
    @Test("Every frame lies where its corner says, pixel for pixel")
    func cells() throws {
        var sheet = ContactSheet(columns: 3, title: "Seven frames")
        let frames = (0..<7).map { testCard(width: 40, height: 24, shade: UInt8($0 * 30)) }
        for (index, frame) in frames.enumerated() { sheet.add(frame, label: "0:0\(index)  f\(index)") }
        let picture = try sheet.image()
        #expect(picture.width == 3 * (40 + ContactSheet.margin) + ContactSheet.margin)
        for (index, frame) in frames.enumerated() {
            let corner = sheet.corner(of: index)
            #expect(crop(picture, left: corner.left, top: corner.top, width: 40, height: 24) == frame)
        }
    }

    @Test("A label is drawn under its frame, and stays within its cell")
    func labels() throws {
        func sheet(label: String) throws -> Image {
            var sheet = ContactSheet(columns: 2, title: "")
            sheet.add(testCard(width: 60, height: 20), label: label)
            sheet.add(testCard(width: 60, height: 20), label: "")
            return try sheet.image()
        }
        let labelled = try sheet(label: "a label that is far too long for such a narrow cell")
        let plain = try sheet(label: "")
        let margin = ContactSheet.margin
        let changed = (0..<labelled.width * labelled.height).filter {
            labelled.pixels[$0 * 3] != plain.pixels[$0 * 3]
        }.map { (x: $0 % labelled.width, y: $0 / labelled.width) }
        #expect(!changed.isEmpty)
        #expect(
            changed.allSatisfy {
                (margin..<margin + 60).contains($0.x)
                    && (margin + 20..<margin + 20 + ContactSheet.labelHeight).contains($0.y)
            })
    }

    @Test("A sheet without frames is still a picture")
    func empty() throws {
        let picture = try ContactSheet(columns: 4, title: "Nothing yet").image()
        #expect(picture.width > 0 && picture.height > 0)
    }
}
