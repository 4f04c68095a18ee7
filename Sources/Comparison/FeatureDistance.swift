/// How far what was made lies from what is true, by features of both.
enum FeatureDistance {
    /// Fréchet's distance of two normal distributions (Heusel et al. 2017, arXiv 1706.08500; Unterthiner et al. 2018, arXiv 1812.01717):
    /// |m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½), that two samples of one width are drawn from. nil of fewer than two features.
    static func frechet(_ one: [[Float]], _ other: [[Float]]) -> Double? {
        guard let (mean1, spread1) = normal(one), let (mean2, spread2) = normal(other) else { return nil }
        let means = zip(mean1, mean2).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let common = spread2.between(spread1.squareRoot()).eigen().values.reduce(0) { $0 + max(0, $1).squareRoot() }
        return max(0, means + spread1.trace + spread2.trace - 2 * common)
    }

    /// The mean of a sample, and how it spreads around it.
    private static func normal(_ sample: [[Float]]) -> (mean: [Double], spread: SymmetricMatrix)? {
        guard sample.count > 1, let width = sample.first?.count else { return nil }
        let count = Double(sample.count)
        var (sums, products) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width * width))
        for feature in sample {
            let values = feature.map(Double.init)
            for row in 0..<width {
                sums[row] += values[row]
                for column in 0..<width { products[row * width + column] += values[row] * values[column] }
            }
        }
        let mean = sums.map { $0 / count }
        var spread = SymmetricMatrix(size: width, values: products.map { $0 / (count - 1) })
        for row in 0..<width {
            for column in 0..<width { spread[row, column] -= mean[row] * mean[column] * count / (count - 1) }
        }
        return (mean, spread)
    }

    /// The squared distance of two samples in the space of a cubic kernel, without bias (Binkowski et al. 2018, arXiv 1801.01401, KID). It
    /// may come out below 0 where there is no difference. nil of fewer than two features.
    static func kernel(_ one: [[Float]], _ other: [[Float]]) -> Double? {
        guard one.count > 1, other.count > 1 else { return nil }
        func k(_ a: [Float], _ b: [Float]) -> Double {
            let product = zip(a, b).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            let value = Double(product) / Double(a.count) + 1
            return value * value * value
        }
        func within(_ sample: [[Float]]) -> Double {
            var sum = 0.0
            for i in sample.indices { for j in 0..<i { sum += 2 * k(sample[i], sample[j]) } }
            return sum / Double(sample.count * (sample.count - 1))
        }
        let across = one.reduce(0) { sum, a in other.reduce(sum) { $0 + k(a, $1) } }
        return within(one) + within(other) - 2 * across / Double(one.count * other.count)
    }
}
