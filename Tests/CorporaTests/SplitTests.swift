import Corpora
import Testing

@Suite struct SplitTests {
    @Test("A split's seeds are its own, and never come twice", arguments: Split.allCases)
    func ownSeeds(split: Split) {
        let seeds = (0..<10_000 as Range<UInt64>).map(split.seed)
        #expect(seeds.allSatisfy { Split(seed: $0) == split })
        #expect(Set(seeds).count == seeds.count)
    }

    @Test("Training gets fourteen of sixteen seeds, and tests and validation one each")
    func shares() {
        let splits = (0..<1600 as Range<UInt64>).map(Split.init(seed:))
        #expect(splits.count { $0 == .training } == 1400)
        #expect(splits.count { $0 == .validation } == 100)
        #expect(splits.count { $0 == .test } == 100)
    }
}
