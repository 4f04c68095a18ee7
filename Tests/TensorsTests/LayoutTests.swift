import Testing

@testable import Tensors

@Suite struct LayoutTests {
    @Test("Channels are joined and cut", arguments: types)
    func channels(_ type: ElementType) {
        let (a, b) = (tensor([2, 3, 4], 1, type), tensor([2, 3, 5], 2, type))
        let joined = concat(a, b)
        #expect(joined.shape == [2, 3, 9])
        #expect(slice(joined, axis: 2, 0..<4).values() == a.values())
        #expect(slice(joined, axis: 2, 4..<9).values() == b.values())
    }

    @Test("Items are joined, cut and gathered", arguments: types)
    func items(_ type: ElementType) {
        let (a, b) = (tensor([2, 3], 1, type), tensor([1, 3], 2, type))
        let joined = concat(items: [a, b])
        #expect(joined.values() == a.values() + b.values())
        #expect(slice(joined, axis: 0, 2..<3).values() == b.values())
        #expect(gather(joined, [2, 0, 2]).values() == b.values() + Array(a.values()[0..<3]) + b.values())
        #expect(slice(joined, axis: 1, 1..<2).shape == [3, 1])
    }

    @Test("A pixel becomes four", arguments: types)
    func upsample(_ type: ElementType) {
        let x = Tensor([1, 2, 3, 4, 5, 6], shape: [1, 1, 3, 2], type: type)
        let y = upsampleNearest2x(x)
        #expect(y.shape == [1, 2, 6, 2])
        #expect(Array(y.values()[0..<12]) == [1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6])
        #expect(Array(y.values()[12...]) == Array(y.values()[0..<12]))
    }

    @Test("Space to channels has PyTorch's order and an inverse", arguments: types)
    func shuffle(_ type: ElementType) {
        // One item, 2 x 2 pixels, 3 channels: torch gives channel c * 4 + dy * 2 + dx.
        let x = Tensor((0..<12).map { Float($0) }, shape: [1, 2, 2, 3], type: type)
        #expect(pixelUnshuffle(x, by: 2).values() == [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11])
        let wide = tensor([2, 6, 4, 5], 1, type)
        #expect(pixelUnshuffle(wide, by: 2).shape == [2, 3, 2, 20])
        #expect(pixelShuffle(pixelUnshuffle(wide, by: 2), by: 2).values() == wide.values())
    }

    @Test("An embedding is a row of its table")
    func embeddings() {
        let table = Parameter(name: "t", shape: [3, 2], values: [1, 2, 3, 4, 5, 6])
        let y = embedding(table, [2, 0, 2])
        #expect(y.type == .f32)
        #expect(y.values() == [5, 6, 1, 2, 5, 6])
    }

    @Test("Middle axes change places", arguments: types)
    func swapped(_ type: ElementType) {
        let x = Tensor((0..<12).map { Float($0) }, shape: [1, 2, 3, 2], type: type)
        #expect(swapMiddleAxes(x).values() == [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11])
    }
}
