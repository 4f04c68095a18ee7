/// Up to `count` words that are spelt nearly like `word`, nearest first, then by the alphabet.
///
/// Short words are near only at one letter's distance: of three letters any two would make anything near.
package func nearWords<Words: Sequence<String>>(to word: String, among words: Words, count: Int) -> [String] {
    let limit = word.count <= 4 ? 1 : 2
    return
        words
        .compactMap { candidate in editDistance(word, candidate, limit: limit).map { ($0, candidate) } }
        .sorted { $0 < $1 }
        .prefix(count)
        .map(\.1)
}

/// The least number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`
/// (optimal string alignment), or `nil` where it is more than `limit`.
func editDistance(_ a: String, _ b: String, limit: Int) -> Int? {
    let a = Array(a.unicodeScalars)
    let b = Array(b.unicodeScalars)
    guard abs(a.count - b.count) <= limit else { return nil }
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforePrevious = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1...a.count {
        var current = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            let replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            current[j] = min(previous[j] + 1, current[j - 1] + 1, replaced)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                current[j] = min(current[j], beforePrevious[j - 2] + 1)
            }
        }
        beforePrevious = previous
        previous = current
    }
    return previous[b.count] <= limit ? previous[b.count] : nil
}
