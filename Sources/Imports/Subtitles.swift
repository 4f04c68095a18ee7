import Scripts

/// SubRip (`.srt`), which has no specification: a number, a line of times, lines of text, a blank line; as the program SubRip writes
/// it and others read it. And WebVTT (`.vtt`), https://www.w3.org/TR/webvtt1/.
///
/// A prompt holds from its subtitle's time until the next begins; the film ends with the last subtitle.
extension Reading {
    mutating func readSubtitles(_ format: ScriptFormat) {
        collision = .joined
        var parser = SubtitleParser(source: source, isWebVTT: format == .webVTT, draft: draft, ignored: ignored)
        let subtitles = parser.parse()
        draft = parser.draft
        ignored = parser.ignored
        noteGaps(between: subtitles)
        for subtitle in subtitles {
            guard !subtitle.text.isEmpty else {
                ignored.note(.empty, at: subtitle.place)
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
        let inTime = subtitles.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
            .map(\.element)
        // Of those that have begun, the one that ends last.
        guard var last = inTime.first else { return }
        for subtitle in inTime.dropFirst() {
            if subtitle.start > last.start, subtitle.start < last.end {
                ignored.note(.overlap, at: subtitle.place)
            }
            if subtitle.start.microseconds - last.end.microseconds > Self.silence {
                ignored.note(.silence, at: subtitle.place)
            }
            if subtitle.end > last.end { last = subtitle }
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
    var ignored: Ignored

    static func isWebVTTHeader(_ line: String) -> Bool {
        line == "WEBVTT" || line.hasPrefix("WEBVTT ") || line.hasPrefix("WEBVTT\t")
    }

    mutating func parse() -> [Subtitle] {
        var blocks = blocks()
        if isWebVTT {
            guard let first = blocks.first, first.lowerBound == 0, Self.isWebVTTHeader(source.lines[0]) else {
                draft.error(
                    at: source.place(0, 0..<0), "a WebVTT file begins with 'WEBVTT'",
                    "write 'WEBVTT' and a blank line above it; a SubRip file is named .srt")
                return []
            }
            // Further lines of the header, as those of HTTP Live Streaming, are for players. A line of times ends it as well.
            let cue = first.dropFirst().first(where: isLineOfTimes)
            blocks[0] = (cue ?? first.upperBound)..<first.upperBound
        }
        return blocks.flatMap(pieces).compactMap { subtitle(in: $0) }
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

    /// A block where each line of times begins a subtitle, as in WebVTT, and as players read SubRip.
    private func pieces(of block: Range<Int>) -> [Range<Int>] {
        var starts = [block.lowerBound]
        var before: Int?
        for line in block where isLineOfTimes(line) {
            let isWithNumber = line - 1 > before ?? block.lowerBound && isNumber(line - 1)
            // Above the first stands its number or identifier. More lines are no part of a WebVTT cue, as those of a comment.
            if before != nil || (isWebVTT && line > block.lowerBound + 1) {
                starts.append(isWithNumber ? line - 1 : line)
            }
            before = line
        }
        return zip(starts, starts.dropFirst() + [block.upperBound]).map { $0..<$1 }.filter { !$0.isEmpty }
    }

    /// In WebVTT any line with an arrow is one; in SubRip an arrow may be text, unless numbers stand around it.
    private func isLineOfTimes(_ line: Int) -> Bool {
        guard let arrow = arrow(in: line) else { return false }
        let characters = source.characters[line]
        return isWebVTT
            || [characters[..<arrow.lowerBound], characters[arrow.upperBound...]].allSatisfy {
                $0.first { !$0.isWhitespace }?.isDigit == true
            }
    }

    private func arrow(in line: Int) -> Range<Int>? {
        let characters = source.characters[line]
        let arrow = Array("-->")
        return characters.indices.first { characters[$0...].starts(with: arrow) }.map { $0..<$0 + arrow.count }
    }

    private func isNumber(_ line: Int) -> Bool { source.lines[line].allSatisfy { $0.isDigit || $0.isWhitespace } }

    private mutating func subtitle(in block: Range<Int>) -> Subtitle? {
        var line = block.lowerBound
        let isNamed = block.count > 1 && arrow(in: line + 1) != nil
        if isWebVTT, !isNamed, let word = source.lines[line].split(whereSeparator: \.isWhitespace).first {
            if word == "NOTE" { return nil }
            if word == "STYLE" || word == "REGION" {
                ignored.note(.block, at: source.place(ofLine: line))
                return nil
            }
        }
        // The number of a SubRip subtitle, or the identifier of a WebVTT cue: it means nothing, there either.
        if arrow(in: line) == nil {
            guard isNamed || (block.count > 1 && isNumber(line)) else { return refuse(line) }
            if !isNumber(line), !isWebVTT {
                draft.error(
                    at: source.place(ofLine: line), "this is not the number of a subtitle",
                    "write a number, or remove the line")
            }
            line += 1
        }
        guard var subtitle = times(in: line) else { return nil }
        if !isWebVTT, block.lowerBound > 0, !source.isBlank(block.lowerBound - 1) {
            ignored.note(.joined, at: subtitle.place)
        }
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
        let words = source.characters[line].wordRanges
        guard let arrow = arrow(in: line),
            case let before = words.map({ $0.clamped(to: 0..<arrow.lowerBound) }).filter({ !$0.isEmpty }),
            case let behind = words.map({ $0.clamped(to: arrow.upperBound..<Int.max) }).filter({ !$0.isEmpty }),
            before.count == 1, let last = behind.last
        else {
            draft.error(
                at: source.place(ofLine: line), "this is not a line of times",
                "write it as '\(SubtitleTime(isWebVTT: isWebVTT).example)'")
            return nil
        }
        guard let start = time(before[0], line), let end = time(behind[0], line) else { return nil }
        let place = source.place(line, before[0].lowerBound..<behind[0].upperBound)
        let endPlace = source.place(line, behind[0])
        guard end > start else {
            if end == start {
                ignored.note(.instant, at: place)
            } else {
                draft.error(at: endPlace, "the end is before the beginning", "exchange or correct the two times")
            }
            return nil
        }
        if behind.count > 1 {
            ignored.note(.position, at: source.place(line, behind[1].lowerBound..<last.upperBound))
        }
        return Subtitle(
            start: start, end: end, text: TracedText(), place: place, startPlace: source.place(line, before[0]),
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
                if let kind = markup.kind { ignored.note(kind, at: text.part(index..<markup.end).start(in: source)) }
                index = markup.end
            } else if isWebVTT, let reference = CharacterReference(at: index, in: text) {
                if let character = reference.character {
                    result.append(character, at: text.positions[index])
                } else {
                    let whole = text.part(index..<reference.end)
                    ignored.note(.reference, at: whole.start(in: source))
                    result.append(whole)
                }
                index = reference.end
            } else {
                result.append(from: text, index)
                index += 1
            }
        }
        return result
    }
}

/// `&amp;`, `&#233;` or `&#xE9;`, as HTML has them and WebVTT takes them over.
struct CharacterReference {
    /// nil where nuwa does not know it: of the two thousand names of HTML the common ones are read.
    let character: Character?
    /// Behind its semicolon.
    let end: Int

    private static let names: [String: Character] = [
        "amp": "&", "lt": "<", "gt": ">", "nbsp": " ", "lrm": " ", "rlm": " ", "quot": "\"", "apos": "'",
    ]

    /// nil where none begins there.
    init?(at start: Int, in text: TracedText) {
        guard text.characters[start] == "&" else { return nil }
        let name = text.characters[(start + 1)...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "#") }
        guard !name.isEmpty, name.endIndex < text.count, text.characters[name.endIndex] == ";" else { return nil }
        end = name.endIndex + 1
        character = name.first == "#" ? Self.numbered(String(name.dropFirst())) : Self.names[String(name)]
    }

    /// Nothing for control characters, which terminals obey, but for blanks among them.
    private static func numbered(_ number: String) -> Character? {
        let isHexadecimal = number.first == "x" || number.first == "X"
        guard let value = UInt32(isHexadecimal ? String(number.dropFirst()) : number, radix: isHexadecimal ? 16 : 10),
            let scalar = Unicode.Scalar(value)
        else { return nil }
        if scalar.properties.isWhitespace { return " " }
        return scalar.properties.generalCategory == .control ? nil : Character(scalar)
    }
}

/// A tag or an override code in a subtitle: `<i>`, `</font>`, `<v Pim>`, `<00:01.500>`; in SubRip also `{\an8}`, `{b}` and `{y:i}`, which
/// players took over from other formats.
///
/// In SubRip, what is none of those that players know is text, as `<Pim waves>`. In WebVTT every `<` begins a tag.
struct SubtitleMarkup {
    /// What its author is told; nil where it only ends something.
    let kind: Ignored.Kind?
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
