import Control
import Foundation
import RenderPlan
import Script

/// What `check` finds in a script that nuwad would take.
struct CheckReport {
    let storyboard: Storyboard
    /// nil where no model is installed, and so the frames of a segment are not known.
    let plan: RenderPlan?
    let warnings: [Diagnostic]
    /// What could not be checked, and why.
    let note: String?

    /// - Throws: `ScriptErrors` with all that is wrong with the script
    init(script data: Data, name: String, configuration: Configuration, paths: Paths) throws {
        let (script, warnings) = try Script.parse(data, name: name, limits: configuration.limits)
        storyboard = try script.storyboard()
        do {
            let model = try ModelSummary(directory: paths.model(named: script.model ?? configuration.model.name))
            plan = try RenderPlan(frames: storyboard.frames, segmentFrames: model.segmentFrames)
            self.warnings = warnings + storyboard.wordWarnings(vocabulary: model.vocabulary, name: name)
            note = nil
        } catch let error as ModelNotFound {
            plan = nil
            self.warnings = warnings
            note = "words and depths were not checked: \(error)"
        }
    }

    var storyboardText: String {
        if let plan { return StoryboardReport.text(storyboard, plan: plan) }
        return storyboard.shots.map { "\("f\($0.start)".padded(to: 7)) \($0.prompt)" }.joined(separator: "\n")
    }

    /// The contract is in `docs/json.md`.
    struct JSON: Encodable {
        struct Finding: Encodable {
            let severity: String
            let line: Int
            let column: Int
            let message: String
            let remedy: String?
        }

        struct Prompt: Encodable {
            let frame: Int
            let prompt: String
        }

        let ok: Bool
        var frames: Int?
        var fps: Int?
        /// Segments by depth.
        var segments: [Int]?
        var prompts: [Prompt]?
        let diagnostics: [Finding]

        init(_ report: CheckReport) {
            ok = true
            frames = report.storyboard.frames
            fps = report.storyboard.fps
            segments = report.plan.map { plan in (0..<plan.depths).map(plan.segmentCount(atDepth:)) }
            prompts = report.storyboard.shots.map { Prompt(frame: $0.start, prompt: $0.prompt) }
            diagnostics = Self.findings(report.warnings)
        }

        init(_ errors: ScriptErrors) {
            ok = false
            diagnostics = Self.findings(errors.diagnostics)
        }

        private static func findings(_ diagnostics: [Diagnostic]) -> [Finding] {
            diagnostics.map {
                Finding(
                    severity: $0.severity.rawValue, line: $0.line, column: $0.column, message: $0.message,
                    remedy: $0.remedy)
            }
        }
    }
}
