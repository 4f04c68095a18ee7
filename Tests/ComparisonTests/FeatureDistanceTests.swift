import Evaluation
import TestSupport
import Testing

@testable import Comparison

@Suite struct FeatureDistanceTests {
    /// Independent normals of so many dimensions.
    private func sample(_ count: Int, mean: [Double], spread: [Double], seed: UInt64) -> [[Float]] {
        var random = SplitMix(state: seed)
        func uniform() -> Double { Double(random.next() >> 11) * 0x1p-53 }
        return (0..<count).map { _ in
            zip(mean, spread).map { mean, spread in
                // Twelve uniforms have the variance 1.
                Float(mean + spread * ((0..<12).reduce(0) { sum, _ in sum + uniform() } - 6))
            }
        }
    }

    private func frechet(_ one: [[Float]], _ other: [[Float]]) throws -> Double {
        try #require(FeatureDistance.frechet(one, other))
    }

    @Test("The eigenvalues of a matrix are found, and its root times itself is the matrix")
    func eigen() {
        let matrix = SymmetricMatrix(size: 3, values: [4, 1, 0, 1, 3, 1, 0, 1, 2])
        let root = matrix.squareRoot()
        let product = SymmetricMatrix(size: 3, values: [1, 0, 0, 0, 1, 0, 0, 0, 1]).between(root)
        for (found, wanted) in zip(product.values, matrix.values) { #expect(abs(found - wanted) < 1e-9) }
        // Roots of (4 - x)(3 - x)(2 - x) = (4 - x) + (2 - x): 3 and 3 ± sqrt 3.
        let values = matrix.eigen().values.sorted()
        for (found, wanted) in zip(values, [3 - 3.0.squareRoot(), 3, 3 + 3.0.squareRoot()]) {
            #expect(abs(found - wanted) < 1e-9)
        }
    }

    @Test("A sample is no way from itself")
    func same() throws {
        let one = sample(300, mean: [0, 1, 2], spread: [1, 2, 0.5], seed: 1)
        #expect(try frechet(one, one) < 1e-6)
    }

    @Test("Fréchet's distance of normals is that of their means and of their spreads")
    func known() throws {
        let one = sample(20_000, mean: [0, 0], spread: [1, 2], seed: 1)
        let moved = sample(20_000, mean: [3, 0], spread: [1, 2], seed: 2)
        let wide = sample(20_000, mean: [0, 0], spread: [2, 2], seed: 3)
        #expect(try abs(frechet(one, moved) - 9) < 0.2)
        // (2 - 1)²
        #expect(try abs(frechet(one, wide) - 1) < 0.1)
    }

    @Test("What turns with what else is seen: the same variances, but another correlation, is a way off")
    func correlation() throws {
        let one = sample(5_000, mean: [0, 0], spread: [1, 1], seed: 1)
        let tied = one.map { [$0[0], $0[0]] }
        #expect(try frechet(one, tied) > 0.3)
    }

    @Test("The kernel's distance of two samples of two, by hand")
    func byHand() throws {
        // k(a, b) = (a b + 1)³ in one dimension: within 0 and 1 it is 1, within 1 and 2 27; across 1, 1, 8, 27.
        let distance = try #require(FeatureDistance.kernel([[0], [1]], [[1], [2]]))
        #expect(abs(distance - (1 + 27 - 2 * (1 + 1 + 8 + 27) / 4.0)) < 1e-6)
    }

    @Test("The kernel's distance is about nothing between samples of one kind, and more the further others are")
    func kernel() throws {
        let one = sample(400, mean: [0, 0], spread: [1, 1], seed: 1)
        let like = sample(400, mean: [0, 0], spread: [1, 1], seed: 2)
        func distance(_ mean: Double) throws -> Double {
            try #require(FeatureDistance.kernel(one, sample(400, mean: [mean, 0], spread: [1, 1], seed: 3)))
        }
        let none = try #require(FeatureDistance.kernel(one, like))
        #expect(abs(none) < 0.1)
        #expect(try distance(1) > 0.3 && distance(2) > distance(1))
    }

    @Test("The table has the same distance for true episodes in the films' place")
    func table() throws {
        let real = sample(1000, mean: [0, 0], spread: [1, 1], seed: 1)
        let made = sample(1000, mean: [1, 0], spread: [1, 1], seed: 2)
        let pair = DistanceTable.Pair(made: made, real: real)
        let rows = DistanceTable.rows([pair, pair], others: [.init(made: real, real: real)], frechet: "f", kernel: "k")
        #expect(rows.map(\.name) == ["f", "k"] && rows.map(\.count) == [2000, 2000])
        let distance = try #require(rows[0].estimate)
        #expect(abs(distance.value - 1) < 0.5 && distance.low == nil)
        #expect(try #require(rows[0].ceiling) < 1e-6)
    }
}

@Suite struct ClipFeaturesTests {
    private func film(_ frames: Int, _ feature: (Int) -> Float) -> [[Float]] {
        (0..<frames).map { frame in (0..<64).map { $0 == 0 ? feature(frame) : 1 } }
    }

    @Test(
        "Clips begin every 16 frames, as far as they fit",
        arguments: [(100, 1, 6), (256, 15, 2), (256, 225, 0), (10, 1, 0)])
    func count(frames: Int, stride: Int, clips: Int) {
        #expect(ClipFeatures.of(film(frames) { _ in 1 }, stride: stride).count == clips)
    }

    @Test(
        "A film that stands still differs from one that moves about the same mean, and one from itself played backwards"
    )
    func change() {
        func clip(_ feature: (Int) -> Float) -> [Float] { ClipFeatures.of(film(16, feature), stride: 1)[0] }
        let (still, moving) = (clip { _ in 7.5 }, clip { $0 % 2 == 0 ? 0 : 15 })
        let (forward, backward) = (clip { Float($0) }, clip { Float(15 - $0) })
        for axis in 0..<ClipFeatures.directions {
            let (turn, change) = (ClipFeatures.directions + axis, 2 * ClipFeatures.directions + axis)
            #expect(abs(still[axis] - moving[axis]) < 1e-4 && abs(forward[axis] - backward[axis]) < 1e-4)
            #expect(still[change] < 1e-5 && moving[change] > 0)
            #expect(abs(forward[turn] + backward[turn]) < 1e-4 && abs(forward[turn]) > 0)
        }
    }
}
