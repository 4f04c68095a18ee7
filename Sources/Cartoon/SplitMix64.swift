/// Sebastiano Vigna's SplitMix64: small, fast, and the same numbers on every machine.
package struct SplitMix64 {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// An independent stream for one part of an episode, so that one part's draws never move another's.
    package init(seed: UInt64, stream: UInt64) {
        self.init(seed: seed)
        var salt = SplitMix64(seed: stream &* 0xd134_2543_de82_ef95 &+ 1)
        state = next() ^ salt.next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// From 0 up to, but not including, 1.
    package mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// From `low` up to, but not including, `high`, evenly.
    package mutating func between(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * unit()
    }

    /// True with that probability, 0 to 1.
    package mutating func chance(_ probability: Double) -> Bool {
        unit() < probability
    }

    /// - Precondition: `count > 0`.
    package mutating func index(below count: Int) -> Int {
        Int(unit() * Double(count))
    }

    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[index(below: choices.count)]
    }

    /// Picks by weight; the weights need not sum to 1.
    mutating func pick<Element>(weighted choices: [(Element, Double)]) -> Element {
        var left = unit() * choices.reduce(0) { $0 + $1.1 }
        for (choice, weight) in choices {
            left -= weight
            if left < 0 { return choice }
        }
        return choices[choices.count - 1].0
    }

    mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        for i in stride(from: result.count - 1, to: 0, by: -1) {
            result.swapAt(i, index(below: i + 1))
        }
        return result
    }
}
