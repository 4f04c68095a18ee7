import ArgumentParser
import Console
import Foundation
import Synchronization
import Terminal
import Training

/// Where a training begins that goes on from a model.
struct StartOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The model that the training goes on from: its directory.", valueName: "dir"),
        completion: .directory)
    var start: String

    var directory: URL { URL(filePath: start, directoryHint: .isDirectory) }
}

/// What every training has: its folder, its threads, and how often it does something besides learning.
struct WorkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Where to keep what the training comes to; made if missing.", valueName: "dir"),
        completion: .directory)
    var work: String

    @Option(help: ArgumentHelp("Steps from one line of the log to the next.", valueName: "steps"))
    var logEvery = 50

    @Option(
        help: ArgumentHelp(
            "Steps from one checkpoint to the next: what a power cut can cost. An interrupt costs none.",
            valueName: "steps"))
    var checkpointEvery = 500

    @Option(
        help: ArgumentHelp("Steps from one look at what is never learnt from to the next.", valueName: "steps"))
    var measureEvery = 500

    @OptionGroup var workers: WorkerOptions

    func validate() throws {
        for (name, steps) in [
            ("log", logEvery), ("checkpoint", checkpointEvery), ("measure", measureEvery),
        ] where steps < 1 {
            throw ValidationError("--\(name)-every \(steps): at least 1 step")
        }
    }

    /// For the commands' own discussions.
    static let discussion = """
        Interrupted by Ctrl-C or SIGTERM, the training finishes its step, writes a checkpoint and ends; started again, it goes on as if it had \
        not been interrupted: the same bytes. The folder --work holds checkpoint.safetensors, log.csv, curves.png (drawn from it), model/ \
        (averaged weights as of the last checkpoint) and, where something is held out, best/ (those of the least held-out score).
        """

    /// Takes a training to its last step, or to where somebody stops it. Throws `SystemError`, and ``TrainingError`` where the kept checkpoint
    /// belongs to another training, or where it leads nowhere.
    func goOn(_ training: any NetworkTraining) throws {
        let run = try TrainingRun(
            training, work: URL(filePath: work, directoryHint: .isDirectory),
            every: .init(log: logEvery, checkpoint: checkpointEvery, heldOut: measureEvery))
        if training.step > 0 { print("goes on after step \(training.step)") }
        let isInterrupted = Atomic(false)
        let interrupts = Interrupts { isInterrupted.store(true, ordering: .relaxed) }
        defer { interrupts.end() }
        try run.run(while: { !isInterrupted.load(ordering: .relaxed) }) { progress in
            print(line(progress, type(of: training).heldOutColumns))
        }
        let state = training.step == training.steps ? "done" : "interrupted"
        print("\(state) after step \(training.step) of \(training.steps): \(run.checkpoint.path)")
    }
}

private func line(_ progress: TrainingRun.Progress, _ columns: [String]) -> String {
    func text(_ name: String, _ value: Double?) -> String {
        value.map { String(format: "  %@ %.4f", name, $0) } ?? ""
    }
    let heldOut = zip(columns, progress.heldOut?.measures ?? []).map {
        text($0.replacingOccurrences(of: "_", with: " "), $1)
    }
    let bar = Output.style.bar(Double(progress.step) / Double(progress.steps), cells: 20)
    return "\(bar) \(progress.step)/\(progress.steps)" + text("loss", progress.loss) + heldOut.joined()
        + String(format: "  %.2f s/step", progress.secondsPerStep) + "  " + leftText(progress.secondsLeft)
}
