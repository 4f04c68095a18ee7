package import Evaluation

/// How far films lie from the episodes that their scripts tell, by features.
package enum DistanceTable {
    /// What is seen of one film and of its episode.
    package struct Pair: Sendable {
        let made, real: [[Float]]

        package init(made: [[Float]], real: [[Float]]) { (self.made, self.real) = (made, real) }
    }

    /// Sets of films that are drawn for an interval: fewer than elsewhere, since a matrix is taken apart for each.
    private static let draws = 40
    /// Of fewer clips nothing can be said of how they spread.
    private static let fewest = 32
    /// Features of a film that a kernel is evaluated on.
    private static let most = 256

    /// Of the frames, and of clips of 16 frames that are neighbours, 15 and 225 frames apart: B-FVD-16 cannot see what is far apart.
    package static func rows(_ pairs: [Pair], others: [Pair]) -> [EvaluationRow] {
        rows(pairs, others: others, frechet: "Avg-FID", kernel: "KID")
            + [1, 15, 225].flatMap { stride in
                func clips(_ pairs: [Pair]) -> [Pair] {
                    pairs.map { pair in
                        Pair(
                            made: ClipFeatures.of(pair.made, stride: stride),
                            real: ClipFeatures.of(pair.real, stride: stride))
                    }
                }
                let name = stride == 1 ? "" : ", \(stride) frames apart"
                return rows(clips(pairs), others: clips(others), frechet: "B-FVD-16\(name)", kernel: "B-KVD-16\(name)")
            }
    }

    /// Fréchet's distance over all films, and the kernel's as the mean over films of their distance from their own episode.
    /// - Parameters:
    ///   - frechet, kernel: what the rows are called
    ///   - others: episodes of other scripts in the films' place: what two sets of true films lie apart
    static func rows(
        _ pairs: [Pair], others: [Pair], frechet: String, kernel: String
    ) -> [EvaluationRow] {
        let count = pairs.reduce(0) { $0 + $1.made.count }
        guard count >= fewest, let width = pairs.first?.real.first?.count else { return [] }
        let size = 1 + width + width * width
        func distance(_ sums: [Double]) -> Double? {
            FeatureDistance.frechet(sums[..<size], sums[size...], width: width)
        }
        func estimate(_ pairs: [Pair], draws: Int) -> Estimate? {
            Estimate(
                pairs.map { FeatureDistance.moments($0.made) + FeatureDistance.moments($0.real) }, draws: draws,
                distance)
        }
        func mean(_ pairs: [Pair]) -> Estimate? {
            let values = pairs.compactMap { pair in
                FeatureDistance.kernel(some(pair.made), some(pair.real)).map { [$0, 1] }
            }
            return Estimate(values) { $0[1] == 0 ? nil : $0[0] / $0[1] }
        }
        return [
            EvaluationRow(
                name: frechet, unit: .distance, estimate: estimate(pairs, draws: draws),
                ceiling: estimate(others, draws: 1)?.value, count: count, films: pairs.count),
            EvaluationRow(
                name: kernel, unit: .distance, estimate: mean(pairs), ceiling: mean(others)?.value, count: count,
                films: pairs.count),
        ]
    }

    /// Evenly spaced ones.
    private static func some(_ features: [[Float]]) -> [[Float]] {
        let step = max(1, (features.count + most - 1) / most)
        return stride(from: 0, to: features.count, by: step).map { features[$0] }
    }
}
