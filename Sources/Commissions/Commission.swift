package import Foundation
import Imports
package import Models
package import Plans
package import Scripts

/// A script as one model will render it: the one way from its text to work. nuwad takes a drop in by it and goes on by it after a
/// restart, `nuwactl check` shows it, `nuwa render` renders it; so they all say and do the same.
package struct Commission: Sendable, Equatable {
    /// The script's file name; what it ends in may tell the format.
    package let name: String
    package let text: String
    package let storyboard: Storyboard
    package let plan: RenderPlan
    /// Where the noise starts.
    package let seed: UInt64
    /// Higher goes first.
    package let priority: Int
    /// Whether it waits for approval when its keyframes are there: by its own word, or because all do.
    package let stopsAtKeyframes: Bool
    /// What its author should know, in the order of the lines.
    package let warnings: [Diagnostic]

    /// Reads a script, in whatever format it is.
    ///
    /// Throws all that is wrong with its text at once, within the limits or beyond them; and of a text that is right, what this model
    /// cannot do.
    /// - Parameter approve: whether every script waits for approval
    package init(
        _ data: Data, name: String, limits: ScriptLimits, model: ModelConfiguration, approve: Bool = false
    ) throws(ScriptErrors) {
        let (script, warnings) = try Script.read(data, name: name, limits: limits, model: model.name)
        try self.init(
            script, text: String(decoding: data, as: UTF8.self), warnings: warnings, model: model, approve: approve)
    }

    package init(
        _ text: String, name: String, limits: ScriptLimits, model: ModelConfiguration
    ) throws(ScriptErrors) {
        try self.init(Data(text.utf8), name: name, limits: limits, model: model)
    }

    /// For a script that was parsed already, since its model had to be known. What it says of its model counts no more.
    /// - Parameter warnings: the parser's
    package init(
        _ script: Script, text: String, warnings: [Diagnostic], model: ModelConfiguration, approve: Bool = false
    ) throws(ScriptErrors) {
        name = script.name
        self.text = text
        do {
            storyboard = try script.storyboard()
            plan = try RenderPlan(frames: storyboard.frames, segmentFrames: model.segmentFrameRange)
        } catch let errors as ScriptErrors {
            throw errors
        } catch {
            throw ScriptErrors(
                warnings + [
                    Diagnostic(
                        severity: .error, name: script.name, line: 1, column: 1, length: 0, message: "\(error)",
                        remedy: nil, sourceLine: nil)
                ])
        }
        let (stride, longest) = (plan.stride(atDepth: 0), model.mtd.longestStride ?? .max)
        if stride > longest {
            throw TooLong(frames: plan.frames, stride: stride, longest: longest, model: model).asErrors(
                in: script, beside: warnings)
        }
        seed = script.seed ?? Script.defaultSeed
        priority = script.priority
        stopsAtKeyframes = approve || script.hold
        let words = storyboard.wordWarnings(model.text.tokenizer, name: script.name)
        self.warnings = (warnings + words).inReadingOrder
    }
}

/// A film whose keyframes would be further apart than the model has ever seen.
private struct TooLong {
    let frames: Int
    let stride: Int
    let longest: Int
    let model: ModelConfiguration

    func asErrors(in script: Script, beside warnings: [Diagnostic]) -> ScriptErrors {
        let most = RenderPlan.longest(segmentFrames: model.segmentFrames, stride: longest)
        return ScriptErrors(
            warnings + [
                Diagnostic(
                    severity: .error, name: script.name,
                    place: script.lengthPlace ?? SourcePlace(line: 1, column: 1, length: 0, text: ""),
                    message: "a film of \(frames) frames begins with keyframes \(stride) frames apart; the model "
                        + "\"\(model.name)\" has learnt from films whose keyframes are at most \(longest) apart",
                    remedy: "the longest film that it makes has \(most) frames")
            ])
    }
}
