/// What an episode may be used for. Its seed decides, so that no setting can mix the three up.
///
/// Of every 16 seeds one is for tests and one for validation. A corpus is opened for a split and asks it for seeds; training opens
/// ``training`` and has no way to the others.
package enum Split: String, Codable, Sendable, CaseIterable {
    /// What networks learn from.
    case training
    /// What weights and settings are chosen by: which weights are kept, how much guidance there is.
    case validation
    /// For the tables of a model's card, and for nothing else.
    case test

    /// The split that a seed belongs to.
    package init(seed: UInt64) {
        switch seed % 16 {
        case 0: self = .test
        case 1: self = .validation
        default: self = .training
        }
    }

    /// The `number`-th seed of the split.
    package func seed(_ number: UInt64) -> UInt64 {
        switch self {
        case .test: number &* 16
        case .validation: number &* 16 &+ 1
        case .training: (number / 14) &* 16 &+ 2 &+ number % 14
        }
    }
}
