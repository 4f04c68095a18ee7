/// A line and the carets below it, as they come out aligned on a terminal: tabs expanded, wide characters counted as
/// two cells, control characters made harmless, and a long line cut down to the part around the carets.
struct Excerpt {
    var text: String
    var carets: String

    private static let maximumWidth = 96
    private static let tabStop = 4
    /// How much of a long line stays to the left of the carets.
    private static let lead = 40

    init(line: String, column: Int, length: Int) {
        var cells: [(text: String, width: Int)] = []
        var width = 0
        for character in line {
            if character == "\t" {
                let blanks = Self.tabStop - width % Self.tabStop
                cells.append((String(repeating: " ", count: blanks), blanks))
            } else {
                cells.append((character.printable, character.cellWidth))
            }
            width += cells[cells.count - 1].width
        }

        let first = min(max(column - 1, 0), cells.count)
        var start = 0
        var end = cells.count
        if width > Self.maximumWidth {
            start = max(0, first - Self.lead)
            end = start
            var used = 2  // an ellipsis at either side
            while end < cells.count, used + cells[end].width <= Self.maximumWidth {
                used += cells[end].width
                end += 1
            }
        }
        let cutsLeft = start > 0
        text = (cutsLeft ? "…" : "") + cells[start..<end].map(\.text).joined() + (end < cells.count ? "…" : "")

        let last = min(first + length, max(end, first))
        let indent = (cutsLeft ? 1 : 0) + cells[start..<first].reduce(0) { $0 + $1.width }
        let marked = cells[first..<last].reduce(0) { $0 + $1.width }
        carets = String(repeating: " ", count: indent) + String(repeating: "^", count: max(1, marked))
    }
}
