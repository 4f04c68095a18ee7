/// Which segment of a film: its depth, and its place in time within the depth. Ordered by depth, then time.
package struct SegmentID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    package let depth: Int
    package let index: Int

    package init(depth: Int, index: Int) {
        self.depth = depth
        self.index = index
    }

    /// The one segment of depth 0.
    package static let global = SegmentID(depth: 0, index: 0)

    package static func < (a: SegmentID, b: SegmentID) -> Bool {
        (a.depth, a.index) < (b.depth, b.index)
    }

    /// From its name, as `d1s004`.
    package init?(text: String) {
        let parts = text.dropFirst().split(separator: "s", omittingEmptySubsequences: false)
        guard text.first == "d", parts.count == 2, let depth = Int(parts[0]), let index = Int(parts[1]), depth >= 0,
            index >= 0
        else { return nil }
        self.init(depth: depth, index: index)
    }

    /// `d1s004`
    package var description: String {
        let digits = String(index)
        return "d\(depth)s" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}
