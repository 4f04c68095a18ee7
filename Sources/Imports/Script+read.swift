package import Foundation
package import Scripts

extension Script {
    /// Reads a script in any of the formats that nuwa knows, told by its name and its content: the one way in for every program.
    ///
    /// Throws all that is wrong, each with its place in the file as it is.
    /// - Parameters:
    ///   - limits: an installation's, or none on the workbench
    ///   - overrides: what to use instead of what the file says
    ///   - model: the one that would render it; a script for another is refused
    package static func read(
        _ data: Data, name: String, limits: ScriptLimits, overrides: ScriptSettings = ScriptSettings(),
        model: String? = nil
    ) throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        let lines = try ScriptSource.read(data, name: name, limits: limits)
        let source = SourceText(lines)
        let format = ScriptFormat(name: name, source: source)
        if format == .native {
            return try Script.parse(lines, name: name, limits: limits, overrides: overrides, model: model)
        }
        var draft = ScriptDraft(name: name, limits: limits, model: model)
        for (index, text) in lines.lines.enumerated() { _ = draft.refusesControls(in: text, line: index + 1) }
        guard draft.unreadLines == 0 else { throw ScriptErrors(draft.diagnostics) }
        var reading = Reading(draft: draft, source: source, overrides: overrides)
        switch format {
        case .native: break
        case .subRip: reading.readSubtitles(.subRip)
        case .webVTT: reading.readSubtitles(.webVTT)
        case .promptSchedule: reading.readPromptSchedule()
        case .framePack: reading.readFramePack()
        case .lines: reading.readLines()
        }
        return try reading.finished()
    }
}
