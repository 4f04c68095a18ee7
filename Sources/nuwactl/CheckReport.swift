import Commissions
import Foundation
import Imports
import Installation
import Models
import Plans
import Reports
import Scripts
import Terminal

/// What `check` finds in a script that nuwad would take.
struct CheckReport {
    let storyboard: Storyboard
    /// nil where no model is installed, and so the frames of a segment are not known.
    let plan: RenderPlan?
    /// As the script says; an edit goes on with that of the job that it is an edit of.
    let seed: UInt64
    let priority: Int
    /// Whether the job waits for approval when its keyframes are there, by the script's word or the configuration's.
    let stopsAtKeyframes: Bool
    let warnings: [Diagnostic]
    /// What could not be checked, and why.
    let note: String?

    /// - Throws: `ScriptErrors` with all that is wrong with the script
    init(script data: Data, name: String, configuration: Configuration, paths: Paths) throws {
        do {
            let directory = try paths.models.directory(of: configuration.model.name)
            let commission = try Commission(
                data, name: name, limits: configuration.limits,
                model: ModelDocument.read(in: directory).document.configuration, approve: configuration.approve)
            storyboard = commission.storyboard
            plan = commission.plan
            seed = commission.seed
            priority = commission.priority
            stopsAtKeyframes = commission.stopsAtKeyframes
            warnings = commission.warnings
            note = nil
        } catch let error as ModelNotFound {
            let (script, warnings) = try Script.read(
                data, name: name, limits: configuration.limits,
                model: configuration.model.name.contains("/") ? nil : configuration.model.name)
            storyboard = try script.storyboard()
            plan = nil
            seed = script.seed ?? Script.defaultSeed
            priority = script.priority
            stopsAtKeyframes = configuration.approve || script.hold
            self.warnings = warnings
            note = "words, depths and how far apart keyframes may be were not checked: \(error)"
        }
    }

    var text: String {
        storyboardText + "\nseed \(seed), priority \(priority)"
            + (stopsAtKeyframes ? ", stops when its keyframes are there" : "")
    }

    private var storyboardText: String {
        if let plan { return StoryboardText.page(storyboard, plan: plan) }
        return storyboard.shots.map { "\("f\($0.start)".padded(to: 7)) \($0.prompt)" }.joined(separator: "\n") + "\n"
    }

    /// The contract is in `docs/json.md`.
    struct JSON: Encodable {
        struct Shot: Encodable {
            let frame: Int
            let prompt: String
        }

        let ok: Bool
        var frames: Int?
        var fps: Int?
        /// Segments by depth.
        var segments: [Int]?
        var shots: [Shot]?
        var seed: UInt64?
        var priority: Int?
        var stopsAtKeyframes: Bool?
        let findings: [Finding]

        init(_ report: CheckReport) {
            ok = true
            frames = report.storyboard.frames
            fps = report.storyboard.fps
            segments = report.plan.map { plan in (0..<plan.depths).map(plan.segmentCount(atDepth:)) }
            shots = report.storyboard.shots.map { Shot(frame: $0.start, prompt: $0.prompt) }
            seed = report.seed
            priority = report.priority
            stopsAtKeyframes = report.stopsAtKeyframes
            findings = report.warnings.map(Finding.init)
        }

        init(_ errors: ScriptErrors) {
            ok = false
            findings = errors.diagnostics.map(Finding.init)
        }
    }
}
