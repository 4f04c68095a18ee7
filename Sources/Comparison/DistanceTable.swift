package import Evaluation

/// How far films lie from the episodes that their scripts tell, by features.
package enum DistanceTable {
    /// Features of one film and of its episode: each [N, width], of as many frames or clips.
    package struct Pair: Sendable {
        let made, real: [[Float]]

        package init(made: [[Float]], real: [[Float]]) { (self.made, self.real) = (made, real) }
    }

    /// Features needed for each number of a feature: fewer do not tell how they spread.
    private static let leastPerWidth = 4
    /// Features of a film that a kernel is evaluated on.
    private static let most = 256

    /// Of the frames, and of clips of 16 frames that are neighbours, 15 and 225 frames apart: B-FVD-16 cannot see what is far apart.
    /// - Parameter others: episodes of other scripts in the films' place: what two sets of true films lie apart
    package static func rows(_ pairs: [Pair], others: [Pair]) -> [EvaluationRow] {
        rows(pairs, others: others, frechet: "Avg-FID, all frames together", kernel: "KID, mean of films")
            + [1, 15, 225].flatMap { stride in
                func clips(_ pairs: [Pair]) -> [Pair] {
                    pairs.map { pair in
                        Pair(
                            made: ClipFeatures.of(pair.made, stride: stride),
                            real: ClipFeatures.of(pair.real, stride: stride))
                    }
                }
                let name = stride == 1 ? "" : ", \(stride) frames apart"
                return rows(
                    clips(pairs), others: clips(others), frechet: "B-FVD-16\(name), all clips together",
                    kernel: "KVD-16\(name), mean of films")
            }
    }

    /// Fréchet's distance of all films together, without an interval, since films drawn twice would lie further apart; and the kernel's, the
    /// mean over films of how far each lies from its own episode.
    static func rows(
        _ pairs: [Pair], others: [Pair], frechet: String, kernel: String
    ) -> [EvaluationRow] {
        let count = pairs.reduce(0) { $0 + $1.made.count }
        return [
            EvaluationRow(
                name: frechet, unit: .distance, estimate: together(pairs), ceiling: together(others)?.value,
                count: count, films: pairs.count),
            EvaluationRow(
                name: kernel, unit: .distance, estimate: mean(pairs), ceiling: mean(others)?.value, count: count,
                films: pairs.count),
        ]
    }

    private static func together(_ pairs: [Pair]) -> Estimate? {
        let (made, real) = (pairs.flatMap(\.made), pairs.flatMap(\.real))
        guard let width = real.first?.count, made.count >= leastPerWidth * width else { return nil }
        return FeatureDistance.frechet(made, real).map(Estimate.init(value:))
    }

    /// Of a film every second frame, of its episode those between: a sample must not lie opposite itself.
    private static func mean(_ pairs: [Pair]) -> Estimate? {
        let values = pairs.compactMap { pair in
            FeatureDistance.kernel(some(pair.made, from: 0), some(pair.real, from: 1)).map { [$0, 1] }
        }
        return Estimate(values) { $0[1] == 0 ? nil : $0[0] / $0[1] }
    }

    /// Evenly spaced ones.
    private static func some(_ features: [[Float]], from first: Int) -> [[Float]] {
        let step = max(2, (features.count + most - 1) / most)
        return stride(from: first, to: features.count, by: step).map { features[$0] }
    }
}
