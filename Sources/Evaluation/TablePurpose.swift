package import Diffusion

/// What tables and comparisons draw random numbers for. Raw values stay as they are, so that what is drawn, and with it every table, does.
package enum TablePurpose: UInt32 {
    /// Which films are counted once more in a bootstrap.
    case bootstrap = 0
    /// Which frame the recogniser is tried on.
    case recognised
    /// Which frames go through the T-KLVAE.
    case reconstructed
    /// The directions in which clips' features are seen.
    case directions
    /// The noise of a queue's handicap.
    case queueNoise

    /// Which name is swapped for which: the numbers of the bootstrap, with which it has nothing to do.
    static let swaps = bootstrap
}

extension RandomStream {
    package init(_ purpose: TablePurpose, item: Int = 0, seed: UInt64 = 0) {
        self.init(seed: seed, purpose: purpose.rawValue, step: 0, item: item)
    }
}
