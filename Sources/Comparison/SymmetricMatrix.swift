/// A symmetric matrix of real numbers, row by row.
struct SymmetricMatrix {
    let size: Int
    var values: [Double]

    init(size: Int, values: [Double]) {
        precondition(values.count == size * size, "\(values.count) values for \(size) rows")
        (self.size, self.values) = (size, values)
    }

    subscript(row: Int, column: Int) -> Double {
        get { values[row * size + column] }
        set { values[row * size + column] = newValue }
    }

    var trace: Double { (0..<size).reduce(0) { $0 + self[$1, $1] } }

    /// Eigenvalues, and the vectors that belong to them as rows, by Jacobi's rotations in cyclic order (Golub and Van Loan, Matrix
    /// Computations, section 8.5), until what is off the diagonal is nothing beside the whole.
    func eigen() -> (values: [Double], vectors: [Double]) {
        var a = self
        let n = size
        var vectors = [Double](repeating: 0, count: n * n)
        for i in 0..<n { vectors[i * n + i] = 1 }
        let whole = values.reduce(0) { $0 + $1 * $1 }
        for _ in 0..<50 {
            var off = 0.0
            for row in 0..<n { for column in 0..<row { off += 2 * a[row, column] * a[row, column] } }
            if off <= 1e-22 * whole { break }
            for q in 1..<max(1, n) { for p in 0..<q where a[p, q] != 0 { a.rotate(p, q, &vectors) } }
        }
        return ((0..<n).map { a[$0, $0] }, vectors)
    }

    /// Makes the entry at p, q nothing.
    private mutating func rotate(_ p: Int, _ q: Int, _ vectors: inout [Double]) {
        let n = size
        let theta = (self[q, q] - self[p, p]) / (2 * self[p, q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        values.withUnsafeMutableBufferPointer { a in
            for k in 0..<n {
                let (x, y) = (a[k * n + p], a[k * n + q])
                a[k * n + p] = c * x - s * y
                a[k * n + q] = s * x + c * y
            }
            for k in 0..<n {
                let (x, y) = (a[p * n + k], a[q * n + k])
                a[p * n + k] = c * x - s * y
                a[q * n + k] = s * x + c * y
            }
        }
        vectors.withUnsafeMutableBufferPointer { v in
            for k in 0..<n {
                let (x, y) = (v[p * n + k], v[q * n + k])
                v[p * n + k] = c * x - s * y
                v[q * n + k] = s * x + c * y
            }
        }
    }

    /// Of one without negative eigenvalues, but for what rounding makes of none.
    func squareRoot() -> SymmetricMatrix {
        let (values, vectors) = eigen()
        var root = SymmetricMatrix(size: size, values: [Double](repeating: 0, count: size * size))
        for (number, value) in values.enumerated() where value > 0 {
            let (length, vector) = (value.squareRoot(), vectors[number * size..<(number + 1) * size])
            let first = vector.startIndex
            for row in 0..<size {
                let scale = length * vector[first + row]
                for column in 0..<size { root[row, column] += scale * vector[first + column] }
            }
        }
        return root
    }

    /// root * self * root
    func between(_ root: SymmetricMatrix) -> SymmetricMatrix {
        func product(_ a: [Double], _ b: [Double]) -> [Double] {
            var result = [Double](repeating: 0, count: size * size)
            for row in 0..<size {
                for k in 0..<size {
                    let scale = a[row * size + k]
                    for column in 0..<size { result[row * size + column] += scale * b[k * size + column] }
                }
            }
            return result
        }
        return SymmetricMatrix(size: size, values: product(product(root.values, values), root.values))
    }
}
