import Foundation
import Scripts

/// FramePack's prompts in time, `[1s: The person waves] [3s-5s: …]`, as FramePack-Studio reads them: a bracket holds from its time on,
/// text outside of all brackets from 0 s until the first. A bracket without a time is text as well; one with a number instead is taken
/// for a mistake.
extension Reading {
    mutating func readFramePack() {
        var outside = TracedText()
        var end: (time: Timecode, place: SourcePlace)?
        for line in source.characters.indices {
            let characters = source.characters[line]
            var index = 0
            while index < characters.count {
                guard let bracket = FramePackBracket(at: index, in: characters) else {
                    if FramePackBracket.isAttempted(at: index, in: characters) {
                        return refuseBracket(at: index, ofLine: line)
                    }
                    outside.append(characters[index], at: SourceText.Position(line: line, column: index))
                    index += 1
                    continue
                }
                let prompt = TracedText(bracket.text, ofLine: line, in: source).tidied
                let keyPlace = source.place(line, bracket.startTime)
                if prompt.isEmpty {
                    ignored.note(.empty, at: source.place(line, index..<bracket.end))
                } else if let start = time(bracket.startTime, ofLine: line) {
                    add(Entry(key: .time(start), prompt: prompt, keyPlace: keyPlace))
                }
                if let range = bracket.endTime, let time = time(range, ofLine: line),
                    time > end?.time ?? Timecode(microseconds: 0)
                {
                    end = (time, source.place(line, range))
                }
                index = bracket.end
            }
            outside.append("\n", at: SourceText.Position(line: line, column: characters.count))
        }
        addOutside(outside.tidied)
        // Its length is set elsewhere in FramePack; a last bracket with an end tells it.
        let last = entries.compactMap { $0.key.frame(fps: 1_000_000, frames: nil) }.max()
        if let end, let last, end.time.microseconds > last {
            draft.settings.length = .time(end.time)
            draft.lengthPlace = end.place
        }
    }

    private mutating func addOutside(_ text: TracedText) {
        guard !text.isEmpty else { return }
        let start = Timecode(microseconds: 0)
        if entries.contains(where: { $0.key == .time(start) }) {
            ignored.note(.outside, at: text.start(in: source))
        } else {
            add(Entry(key: .time(start), prompt: text, keyPlace: text.start(in: source)))
        }
    }

    private mutating func time(_ range: Range<Int>, ofLine line: Int) -> Timecode? {
        let text = String(source.characters[line][range].dropLast())
        guard let seconds = Double(text), seconds < 1e6 else {
            draft.error(
                at: source.place(line, range), "'\(text)s' is longer than any film",
                "films are a few seconds to a few hours long")
            return nil
        }
        return Timecode(microseconds: Int((seconds * 1_000_000).rounded()))
    }

    private mutating func refuseBracket(at column: Int, ofLine line: Int) {
        let rest = source.characters[line][column...]
        let end = rest.firstIndex(of: "]").map { $0 + 1 } ?? rest.endIndex
        let isClosed = rest.contains("]")
        draft.error(
            at: source.place(line, column..<(isClosed ? end : column + 1)),
            isClosed ? "there is no time in this bracket" : "this bracket is not closed on its line",
            "write a prompt as '[2s: Pim waves]' or '[0s-2s: Pim waves]', each number with its s, on one line")
    }
}

/// `[1.5s: text]` or `[0s-2s: text]`; the ranges are columns of its line.
struct FramePackBracket {
    let startTime: Range<Int>
    let endTime: Range<Int>?
    let text: Range<Int>
    /// Behind the closing bracket.
    let end: Int

    /// nil unless there is one at that column.
    init?(at start: Int, in characters: [Character]) {
        guard characters[start] == "[", let first = Self.time(at: start + 1, in: characters) else { return nil }
        var index = first.upperBound
        var second: Range<Int>?
        if index < characters.count, characters[index] == "-" {
            guard let range = Self.time(at: index + 1, in: characters) else { return nil }
            second = range
            index = range.upperBound
        }
        while index < characters.count, characters[index].isWhitespace { index += 1 }
        guard index < characters.count, characters[index] == ":" else { return nil }
        guard let closing = characters[index...].firstIndex(of: "]") else { return nil }
        startTime = first
        endTime = second
        text = index + 1..<closing
        end = closing + 1
    }

    /// Whether a bracket begins there with a number, which was meant to be a time.
    static func isAttempted(at start: Int, in characters: [Character]) -> Bool {
        characters[start] == "[" && characters[(start + 1)...].first { !$0.isWhitespace }?.isDigit == true
    }

    /// Whether a bracket begins there whose first number has its `s`, whatever else is wrong with it.
    static func startsPlainly(at start: Int, in characters: [Character]) -> Bool {
        characters[start] == "[" && time(at: start + 1, in: characters) != nil
    }

    /// Digits, decimals perhaps, and an `s`.
    private static func time(at start: Int, in characters: [Character]) -> Range<Int>? {
        guard start < characters.count else { return nil }
        let number = characters[start...].prefix { $0.isDigit || $0 == "." }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), number.endIndex < characters.count,
            characters[number.endIndex] == "s"
        else { return nil }
        return start..<number.endIndex + 1
    }
}
