/// The median of the newest few measurements: the first step on a thread compiles kernels, and a machine that was busy for a while is not
/// busy for ever.
package struct Samples: Sendable {
    private static let kept = 31
    private var newest: [Double] = []

    package init() {}

    package mutating func add(_ value: Double) {
        if newest.count == Self.kept { newest.removeFirst() }
        newest.append(value)
    }

    /// nil where nothing was measured.
    package var median: Double? { newest.isEmpty ? nil : newest.sorted()[newest.count / 2] }
}
