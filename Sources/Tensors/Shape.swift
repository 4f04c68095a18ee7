/// The extents of a tensor, outermost first. At most five, kept inline so that passing one around allocates nothing.
package struct Shape: Sendable, Hashable {
    /// Lanes 0..<5 are the extents, 1 where there is none; lane 7 is the rank.
    private var extents: SIMD8<Int32>

    package init(_ extents: some Collection<Int>) {
        require(extents.count <= Shape.maximumRank, "a shape has at most 5 extents, not \(Array(extents))")
        self.extents = SIMD8(repeating: 1)
        self.extents[7] = Int32(extents.count)
        for (i, extent) in extents.enumerated() {
            require(extent >= 0, "negative extent in \(Array(extents))")
            self.extents[i] = Int32(extent)
        }
    }

    static let maximumRank = 5

    private var rank: Int { Int(extents[7]) }

    /// Number of elements.
    package var product: Int {
        product(0..<Shape.maximumRank)
    }

    /// Product of the extents in `range`, e.g. the number of positions between the first and the last axis.
    func product(_ range: Range<Int>) -> Int {
        var result = 1
        for i in range { result *= Int(extents[i]) }
        return result
    }

    /// The same shape with another extent on one axis.
    package func replacing(_ axis: Int, with extent: Int) -> Shape {
        require(axis < rank, "\(self) has no axis \(axis)")
        var copy = self
        copy.extents[axis] = Int32(extent)
        return copy
    }
}

extension Shape: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { rank }

    package subscript(_ axis: Int) -> Int {
        require(axis >= 0 && axis < rank, "\(self) has no axis \(axis)")
        return Int(extents[axis])
    }
}

extension Shape: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: Int...) {
        self.init(elements)
    }
}

extension Shape: CustomStringConvertible {
    package var description: String {
        "[" + (0..<rank).map { String(extents[$0]) }.joined(separator: ", ") + "]"
    }
}
