import Files
package import Foundation
import Pictures

/// A training from its last checkpoint to its last step: what is measured, logged and kept on the way.
///
/// In the work folder lie `checkpoint.safetensors`, the state to go on from; `log.csv`, and `curves.png`, which shows it; `samples.png`,
/// what the averaged weights make; `model`, these weights as of the last checkpoint; and, where something is held out, `best`, those of
/// the least held-out score.
package final class TrainingRun {
    package struct Progress: Sendable {
        package let step: Int
        package let steps: Int
        /// The mean since the last report.
        package let loss: Double
        package let heldOut: HeldOutReport?
        package let secondsPerStep: Double
        package var secondsLeft: Double { Double(steps - step) * secondsPerStep }
    }

    package let training: any NetworkTraining
    package let checkpoint: URL
    private let work: URL
    private let log: TrainingLog
    private let intervals: Intervals

    /// How often something is done besides learning, in steps.
    package struct Intervals: Sendable {
        package let log, checkpoint, heldOut: Int

        package init(log: Int, checkpoint: Int, heldOut: Int) {
            (self.log, self.checkpoint, self.heldOut) = (log, checkpoint, heldOut)
        }
    }

    /// Goes on from the checkpoint in the work folder, if there is one.
    package init(_ training: any NetworkTraining, work: URL, every intervals: Intervals) throws {
        self.training = training
        self.work = work
        self.intervals = intervals
        try DurableFile.makeDirectory(work)
        checkpoint = work.appending(path: "checkpoint.safetensors")
        if FileManager.default.fileExists(atPath: checkpoint.path) { try training.restore(from: checkpoint) }
        log = try TrainingLog(
            work.appending(path: "log.csv"), parts: training.lossParts,
            heldOut: type(of: training).heldOutColumns, upTo: training.step)
    }

    /// Goes on until the last step, or until `isWanted` says no between two steps: either way the state is on disk then.
    ///
    /// Throws ``TrainingError/diverged(step:problem:checkpoint:)``; the checkpoint is then the last good state.
    package func run(while isWanted: () -> Bool, report: (Progress) -> Void) throws {
        var watch = DivergenceWatch()
        var results: [Learner.StepReport] = []
        var heldOut: HeldOutReport?
        let clock = ContinuousClock()
        var last = clock.now
        var saved: Int?
        while training.step < training.steps, isWanted() {
            let result = try training.advance()
            if let problem = watch.problem(after: result) {
                throw TrainingError.diverged(step: training.step, problem: problem, checkpoint: checkpoint.path)
            }
            results.append(result)
            let (step, isLast) = (training.step, training.step == training.steps)
            if step.isMultiple(of: intervals.heldOut) || isLast {
                heldOut = try training.measure()
                try keepIfBest(heldOut)
            }
            if step.isMultiple(of: intervals.log) || isLast {
                let seconds = (clock.now - last) / .seconds(1) / Double(results.count)
                func mean(_ value: (Learner.StepReport) -> Double) -> Double {
                    results.reduce(0) { $0 + value($1) } / Double(results.count)
                }
                let loss = mean(\.loss)
                let parts = training.lossParts.indices.map { part in mean { $0.parts[part] } }
                try log.append(
                    .init(
                        step: step, loss: loss, parts: parts, heldOut: heldOut?.measures, rate: result.rate,
                        norm: result.norm, secondsPerStep: seconds))
                report(
                    Progress(
                        step: step, steps: training.steps, loss: loss, heldOut: heldOut, secondsPerStep: seconds))
                (results, heldOut, last) = ([], nil, clock.now)
            }
            if step.isMultiple(of: intervals.checkpoint) || isLast {
                try save()
                saved = step
            }
            // Last, so that a picture that cannot be drawn or written costs no steps.
            if step.isMultiple(of: intervals.heldOut) || isLast {
                try training.sheet()?.writePNG(to: work.appending(path: "samples.png"))
            }
        }
        if saved != training.step { try save() }
    }

    private func save() throws {
        try training.save(to: checkpoint)
        try training.export(to: work.appending(path: "model"))
        try draw()
    }

    /// The loss, and what is measured beside it, over the steps.
    private func draw() throws {
        let shown = ["loss"] + training.lossParts + type(of: training).heldOutColumns
        let curves = try log.curves().filter { shown.contains($0.name) }.map {
            LinePlot.Curve($0.name.replacing("_", with: " "), $0.points, isDashed: $0.name != "loss")
        }
        try LinePlot(
            title: "step \(training.step) of \(training.steps)", x: .init("steps"), y: .init("", .logarithmic),
            curves: curves
        ).image().writePNG(to: work.appending(path: "curves.png"))
    }

    private func keepIfBest(_ heldOut: HeldOutReport?) throws {
        guard let score = heldOut?.score, score.isFinite, score < training.learner.best ?? .infinity else { return }
        training.learner.best = score
        try training.export(to: work.appending(path: "best"))
    }
}

/// Notices that a training leads nowhere.
struct DivergenceWatch {
    /// Steps that a mean is taken over; one step's loss says little, since it depends on how much noise it drew.
    private static let window = 100
    /// A mean this many times the least one so far is no accident.
    private static let tooMuch = 4.0

    private var losses: [Double] = []
    private var least = Double.infinity

    mutating func problem(after step: Learner.StepReport) -> String? {
        if !step.loss.isFinite { return "the loss is \(step.loss)" }
        if !step.norm.isFinite { return "the gradients are not finite" }
        losses.append(step.loss)
        if losses.count > Self.window { losses.removeFirst() }
        guard losses.count == Self.window else { return nil }
        let mean = losses.reduce(0, +) / Double(Self.window)
        least = min(least, mean)
        return mean > Self.tooMuch * least
            ? String(format: "the loss, %.3g over the last %d steps, was %.3g before", mean, Self.window, least) : nil
    }
}
