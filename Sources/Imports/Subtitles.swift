import Scripts

/// SubRip (`.srt`), which has no specification: a number, a line of times, lines of text, a blank line; as the program SubRip writes
/// it and others read it. And WebVTT (`.vtt`), https://www.w3.org/TR/webvtt1/.
///
/// A prompt holds from its subtitle's time until the next begins; the film ends with the last subtitle.
extension Reading {
    mutating func readSubtitles(_ format: ScriptFormat) {
        collision = .joined
        var parser = SubtitleParser(source: source, isWebVTT: format == .webVTT, draft: draft, leftovers: leftovers)
        let subtitles = parser.parse()
        draft = parser.draft
        leftovers = parser.leftovers
        noteGaps(between: subtitles)
        for subtitle in subtitles {
            guard !subtitle.text.isEmpty else {
                leftovers.note(.empty, at: subtitle.place)
                continue
            }
            add(Entry(key: .time(subtitle.start), prompt: subtitle.text, keyPlace: subtitle.startPlace))
        }
        if let last = subtitles.max(by: { $0.end < $1.end }) {
            draft.settings.length = .time(last.end)
            draft.lengthPlace = last.endPlace
        }
    }

    /// Subtitles come and go; a film's prompts follow each other.
    private mutating func noteGaps(between subtitles: [Subtitle]) {
        for (before, subtitle) in zip(subtitles, subtitles.dropFirst()) {
            if subtitle.start > before.start, subtitle.start < before.end {
                leftovers.note(.overlap, at: subtitle.place)
            }
            if subtitle.start.microseconds - before.end.microseconds > Self.silence {
                leftovers.note(.silence, at: subtitle.place)
            }
        }
    }

    /// In microseconds. Shorter gaps are good style between two subtitles, and nobody takes them for an empty screen.
    private static let silence = 1_000_000
}

/// One subtitle as it stands in the file.
struct Subtitle {
    var start: Timecode
    var end: Timecode
    var text: TracedText
    /// Both times.
    var place: SourcePlace
    var startPlace: SourcePlace
    var endPlace: SourcePlace
}

struct SubtitleParser {
    let source: SourceText
    let isWebVTT: Bool
    var draft: ScriptDraft
    var leftovers: Leftovers

    static func isWebVTTHeader(_ line: String) -> Bool {
        line == "WEBVTT" || line.hasPrefix("WEBVTT ") || line.hasPrefix("WEBVTT\t")
    }

    mutating func parse() -> [Subtitle] {
        var blocks = blocks()
        if isWebVTT {
            guard let header = blocks.first, header.lowerBound == 0, Self.isWebVTTHeader(source.lines[0]) else {
                draft.error(
                    at: source.place(0, 0..<0), "a WebVTT file begins with 'WEBVTT'",
                    "write 'WEBVTT' and a blank line above it; a SubRip file is named .srt")
                return []
            }
            // Further lines of the header, as those of HTTP Live Streaming, are for players.
            blocks.removeFirst()
        }
        return blocks.compactMap { subtitle(in: $0) }
    }

    /// Runs of lines that are not blank.
    private func blocks() -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        var start: Int?
        for line in 0...source.lines.count {
            if line < source.lines.count, !source.isBlank(line) {
                start = start ?? line
            } else if let first = start {
                blocks.append(first..<line)
                start = nil
            }
        }
        return blocks
    }

    private mutating func subtitle(in block: Range<Int>) -> Subtitle? {
        var line = block.lowerBound
        if isWebVTT, let word = source.lines[line].split(whereSeparator: \.isWhitespace).first {
            if word == "NOTE" { return nil }
            if word == "STYLE" || word == "REGION" {
                leftovers.note(.block, at: source.place(ofLine: line))
                return nil
            }
        }
        // The number of a SubRip subtitle, or the identifier of a WebVTT cue: it means nothing, there either.
        if !source.lines[line].contains("-->") {
            let isNumber = source.lines[line].allSatisfy { $0.isDigit || $0.isWhitespace }
            guard line + 1 < block.upperBound, source.lines[line + 1].contains("-->") || isNumber else {
                return refuse(line)
            }
            if !isNumber, !isWebVTT {
                draft.error(
                    at: source.place(ofLine: line), "this is not the number of a subtitle",
                    "write a number, or remove the line")
            }
            line += 1
        }
        guard var subtitle = times(in: line) else { return nil }
        for row in line + 1..<block.upperBound {
            let text = TracedText(source.characters[row].indices, ofLine: row, in: source)
            subtitle.text.append(joining: plain(text))
        }
        subtitle.text = subtitle.text.tidied
        return subtitle
    }

    private mutating func refuse(_ line: Int) -> Subtitle? {
        let place = source.place(ofLine: line)
        let noun = isWebVTT ? "cue" : "subtitle"
        draft.error(
            at: place,
            "no times stand above this line, and with a blank line above it, it is no part of the \(noun) there",
            "remove the blank line, or write the times above it: '\(SubtitleTime(isWebVTT: isWebVTT).example)'")
        return nil
    }

    // MARK: Times

    /// `00:00:01,000 --> 00:00:04,000`, and what may follow on the line.
    private mutating func times(in line: Int) -> Subtitle? {
        let characters = source.characters[line]
        let words = characters.wordRanges
        guard words.count >= 3, String(characters[words[1]]) == "-->" else {
            draft.error(
                at: source.place(ofLine: line), "this is not a line of times",
                "write it as '\(SubtitleTime(isWebVTT: isWebVTT).example)'")
            return nil
        }
        guard let start = time(words[0], line), let end = time(words[2], line) else { return nil }
        let endPlace = source.place(line, words[2])
        guard end > start else {
            draft.error(at: endPlace, "the end is not after the beginning", "exchange or correct the two times")
            return nil
        }
        if words.count > 3 {
            leftovers.note(.position, at: source.place(line, words[3].lowerBound..<words[words.count - 1].upperBound))
        }
        return Subtitle(
            start: start, end: end, text: TracedText(),
            place: source.place(line, words[0].lowerBound..<words[2].upperBound),
            startPlace: source.place(line, words[0]),
            endPlace: endPlace)
    }

    private mutating func time(_ range: Range<Int>, _ line: Int) -> Timecode? {
        do {
            return try SubtitleTime(isWebVTT: isWebVTT).parse(String(source.characters[line][range]))
        } catch {
            draft.error(at: source.place(line, range), error)
            return nil
        }
    }

    // MARK: Text

    /// Without tags and override codes; in WebVTT, references such as `&amp;` are what they stand for.
    private mutating func plain(_ text: TracedText) -> TracedText {
        var result = TracedText()
        var index = 0
        while index < text.count {
            if let markup = SubtitleMarkup(at: index, in: text, isWebVTT: isWebVTT) {
                if let kind = markup.kind { leftovers.note(kind, at: text.part(index..<markup.end).start(in: source)) }
                index = markup.end
            } else if isWebVTT, text.characters[index] == "&", let (character, end) = reference(in: text, at: index) {
                result.append(character, at: text.positions[index])
                index = end
            } else {
                result.append(from: text, index)
                index += 1
            }
        }
        return result
    }

    private func reference(in text: TracedText, at start: Int) -> (Character, end: Int)? {
        let names: [String: Character] = [
            "amp": "&", "lt": "<", "gt": ">", "nbsp": " ", "lrm": " ", "rlm": " ", "quot": "\"",
        ]
        let name = text.characters[(start + 1)...].prefix { $0.isLetter }
        let end = start + 1 + name.count
        guard end < text.count, text.characters[end] == ";", let character = names[String(name)] else { return nil }
        return (character, end + 1)
    }
}

/// A tag or an override code in a subtitle: `<i>`, `</font>`, `<v Pim>`, `<00:01.500>`; in SubRip also `{\an8}`, `{b}` and `{y:i}`, which
/// players took over from other formats.
///
/// In SubRip, what is none of those that players know is text, as `<Pim waves>`. In WebVTT every `<` begins a tag.
struct SubtitleMarkup {
    /// What its author is told; nil where it only ends something.
    let kind: Leftovers.Kind?
    /// Behind it.
    let end: Int

    private static let tags: Set<String> = ["b", "i", "u", "s", "em", "strong", "strike", "font", "span", "br"]
    private static let webVTTTags: Set<String> = ["b", "i", "u", "c", "v", "lang", "ruby", "rt"]

    /// nil where none begins there.
    init?(at start: Int, in text: TracedText, isWebVTT: Bool) {
        let opening = text.characters[start]
        guard opening == "<" || (opening == "{" && !isWebVTT),
            let closing = text.characters[start...].firstIndex(of: opening == "<" ? ">" : "}")
        else { return nil }
        end = closing + 1
        let content = text.characters[(start + 1)..<closing]
        let isEnd = content.first == "/"
        let rest = content.drop { $0 == "/" }
        let name = String(rest.prefix(while: \.isLetter)).lowercased()
        let next = rest.dropFirst(name.count).first
        if isWebVTT {
            guard let first = rest.first, first.isLetter || first.isNumber else { return nil }
            let isKnown = first.isNumber || Self.webVTTTags.contains(name)
            kind = isEnd ? nil : !isKnown ? .tag : name == "v" ? .voice : .styling
        } else {
            let isKnown =
                opening == "<"
                ? Self.tags.contains(name) && (next == nil || next == "/" || next?.isWhitespace == true)
                : rest.first == "\\"
                    || (name.count == 1
                        && (next == ":" ? "ycfspho".contains(name) : next == nil && "bius".contains(name)))
            guard isKnown else { return nil }
            kind = isEnd ? nil : .styling
        }
    }
}

/// Reads `00:00:01,000`, or WebVTT's `00:01.000` and `00:00:01.000`.
struct SubtitleTime {
    let isWebVTT: Bool

    var example: String { isWebVTT ? "00:01.000 --> 00:04.000" : "00:00:01,000 --> 00:00:04,000" }

    func parse(_ text: String) throws(TokenProblem) -> Timecode {
        // SubRip writes a comma; many write the point of WebVTT, and all players read it.
        let fields = (isWebVTT ? text : text.replacing(",", with: ".")).split(
            separator: ":", omittingEmptySubsequences: false)
        let seconds = fields.last.map { $0.split(separator: ".", omittingEmptySubsequences: false) } ?? []
        guard fields.count == 3 || (isWebVTT && fields.count == 2), seconds.count == 2,
            (fields.dropLast() + seconds).allSatisfy(\.isDigits), seconds[1].count == 3, seconds[0].count == 2,
            fields.dropLast().dropFirst(fields.count - 2).allSatisfy({ $0.count == 2 }), fields[0].count <= 5,
            let whole = Int(seconds[0]), let milliseconds = Int(seconds[1])
        else {
            throw TokenProblem(
                message: "'\(text)' is not a time",
                remedy: "write hours, minutes, seconds and milliseconds, as in '\(example.prefix { $0 != " " })'")
        }
        let numbers = fields.dropLast().compactMap { Int($0) } + [whole]
        guard numbers.suffix(2).allSatisfy({ $0 < 60 }) else {
            throw TokenProblem(
                message: "'\(text)' is not a time: minutes and seconds go up to 59", remedy: "carry over what is more")
        }
        return Timecode(microseconds: (numbers.reduce(0) { $0 * 60 + $1 } * 1000 + milliseconds) * 1000)
    }
}

extension [Character] {
    /// The words between blanks.
    var wordRanges: [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for index in 0...count {
            if index < count, !self[index].isWhitespace {
                start = start ?? index
            } else if let first = start {
                words.append(first..<index)
                start = nil
            }
        }
        return words
    }
}
