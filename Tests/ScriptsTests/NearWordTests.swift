import Testing

@testable import Scripts

@Suite struct NearWordTests {
    @Test(
        "Distances count insertions, deletions, replacements and swaps",
        arguments: [
            ("walks", "walks", 0), ("wlaks", "walks", 1), ("walk", "walks", 1), ("walkss", "walks", 1),
            ("talks", "walks", 1), ("lenght", "length", 1), ("kitten", "mitted", 2), ("", "ab", 2),
        ])
    func distances(a: String, b: String, distance: Int) {
        #expect(editDistance(a, b, limit: 2) == distance)
        #expect(editDistance(b, a, limit: 2) == distance)
    }

    @Test("Distances beyond the limit are not told")
    func farWords() {
        #expect(editDistance("pim", "dinosaur", limit: 2) == nil)
        #expect(editDistance("abc", "xyz", limit: 2) == nil)
        #expect(nearWords(to: "bo", among: ["pim", "rok", "to", "bow", "b"], count: 2) == ["b", "bow"])
    }
}
