import Diffusion
import Foundation

/// A measure, and how far it may be off because only so many films were looked at.
package struct Estimate: Sendable, Codable, Equatable {
    package let value: Double
    /// Had other films been drawn, it would lie between these in 95 % of the cases (bootstrap over films, percentiles); nil of a single film,
    /// and where films drawn twice would change what is measured.
    package let low, high: Double?

    private static let draws = 1000

    /// One without bounds.
    package init(value: Double) { (self.value, low, high) = (value, nil, nil) }

    /// - Parameters:
    ///   - films: by film, sums; `value` makes the measure of what they come to over all films.
    ///   - value: nil where there is nothing to divide by.
    package init?(_ films: [[Double]], _ value: ([Double]) -> Double?) {
        func total(_ chosen: some Sequence<Int>) -> [Double] {
            chosen.reduce(into: [Double](repeating: 0, count: films.first?.count ?? 0)) { sums, film in
                for i in sums.indices { sums[i] += films[film][i] }
            }
        }
        guard !films.isEmpty, let all = value(total(films.indices)) else { return nil }
        self.value = all
        guard films.count > 1 else {
            (low, high) = (nil, nil)
            return
        }
        var random = RandomStream(.bootstrap)
        let drawn = (0..<Self.draws).compactMap { _ in
            value(total(films.indices.map { _ in random.below(films.count) }))
        }.sorted()
        low = drawn[drawn.count * 25 / 1000]
        high = drawn[min(drawn.count - 1, drawn.count * 975 / 1000)]
    }
}
