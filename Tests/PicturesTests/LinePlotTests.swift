import Testing

@testable import Pictures

@Suite struct LinePlotTests {
    @Test("A linear axis has round numbers within it")
    func linear() {
        #expect(Ruler(.linear, [0, 3500]).marks == [0, 1000, 2000, 3000])
        #expect(Ruler(.linear, [-1, 1]).marks == [-1, -0.5, 0, 0.5, 1])
        #expect(Ruler(.linear, [4, 4]).share(4) == 0.5)
        #expect(Ruler(.linear, []).marks.count > 2)
    }

    @Test("A logarithmic axis has powers of ten, and what lies between them where they are few")
    func logarithmic() {
        #expect(Ruler(.logarithmic, [1, 1024]).marks == [1, 10, 100, 1000])
        #expect(Ruler(.logarithmic, [3, 60]).marks == [5, 10, 20, 50])
        #expect(Ruler(.logarithmic, [10, 1000]).share(100) == 0.5)
    }

    @Test("A curve goes through its points, and numbers that have no place are left out")
    func curve() throws {
        let axis = LinePlot.Axis("steps")
        func inked(_ points: [(Double, Double)]) throws -> Int {
            let image = try LinePlot(
                title: "", x: axis, y: LinePlot.Axis("loss", .logarithmic),
                curves: [.init("", points.map { (x: $0.0, y: $0.1) })]
            ).image()
            // The first colour.
            return stride(from: 0, to: image.pixels.count, by: 3).count { at in
                image.pixels[at] < 60 && image.pixels[at + 2] > 130
            }
        }
        let whole = try inked([(0, 1), (50, 10), (100, 100)])
        #expect(whole > 400)
        #expect(try inked([(0, 1), (20, -3), (50, 10), (70, .nan), (100, 100)]) == whole)
        #expect(try inked([]) < 100)
    }
}
