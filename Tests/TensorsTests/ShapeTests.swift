import Testing

@testable import Tensors

@Suite struct ShapeTests {
    @Test("A shape is a collection of its extents")
    func collection() {
        let shape: Shape = [2, 3, 5]
        #expect(Array(shape) == [2, 3, 5])
        #expect(shape.product == 30)
        #expect(shape.replacing(1, with: 7) == [2, 7, 5])
        #expect(shape != [2, 3, 5, 1])
        #expect(shape.description == "[2, 3, 5]")
    }
}
