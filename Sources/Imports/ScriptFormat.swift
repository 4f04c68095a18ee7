import Foundation
import Scripts

/// The formats that nuwa reads.
enum ScriptFormat: Equatable {
    /// nuwa's own
    case native
    /// SubRip: `.srt`
    case subRip
    /// W3C WebVTT: `.vtt`
    case webVTT
    /// Prompts by frame in JSON: Deforum's, alone or in its settings file, and FizzNodes' without the outer braces
    case promptSchedule
    /// FramePack's `[1s: …]`
    case framePack
    /// A prompt a line, evenly spread over the film
    case lines

    /// By a file's name, and by its content where the name says nothing.
    ///
    /// What tells another format apart is an error in a script of nuwa's own, so no such script is ever taken for something else. Only
    /// the prompts of a plain text look like anything: for that the name must end in `.txt`.
    init(name: String, source: SourceText) {
        switch URL(filePath: name).pathExtension.lowercased() {
        case "srt": self = .subRip
        case "vtt": self = .webVTT
        case "json": self = .promptSchedule
        case "nuwa": self = Self.evident(source) ?? .native
        case "txt":
            self = Self.evident(source) ?? (Self.hasTimedBracket(source) ? .framePack : Self.native(or: .lines, source))
        default: self = Self.evident(source) ?? .native
        }
    }

    private static func evident(_ source: SourceText) -> ScriptFormat? {
        let lines = source.characters.indices.lazy.filter { !source.isBlank($0) }
        guard let first = lines.first else { return nil }
        let text = source.lines[first].trimmingCharacters(in: .whitespaces)
        if SubtitleParser.isWebVTTHeader(text), first == 0 { return .webVTT }
        if text.isDigits, let second = lines.dropFirst().first, source.lines[second].contains("-->") { return .subRip }
        if text.hasPrefix("{") || text.hasPrefix("\"") { return .promptSchedule }
        if text.hasPrefix("["), hasTimedBracket(source) { return .framePack }
        return nil
    }

    private static func hasTimedBracket(_ source: SourceText) -> Bool {
        source.characters.indices.contains { line in
            source.characters[line].indices.contains {
                FramePackBracket.startsPlainly(at: $0, in: source.characters[line])
            }
        }
    }

    /// A plain text becomes a script by one line with a key.
    private static func native(or other: ScriptFormat, _ source: SourceText) -> ScriptFormat {
        let hasKey = source.characters.contains { line in
            let word = line.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
            return CueKey.isKey(String(word))
        }
        return hasKey ? .native : other
    }
}
