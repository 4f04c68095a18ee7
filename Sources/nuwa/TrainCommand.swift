import ArgumentParser
import Foundation
import Installation
import Synchronization
import Training

/// `nuwa train`
struct TrainGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a network of a model.", subcommands: [TrainDenoiser.self])
}

/// `nuwa train mtd`
struct TrainDenoiser: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mtd",
        abstract: "Train the denoiser and the text encoder on latents that `nuwa latents` makes.",
        discussion: """
            Interrupted by Ctrl-C or SIGTERM, the training finishes its step, writes a checkpoint and ends; started again, it goes on as if \
            it had not been interrupted: the same bytes, if the latents are the same. The folder --work holds checkpoint.safetensors, \
            log.csv, model/ (averaged weights as of the last checkpoint) and, with --validation, best/ (those of the least held-out loss).
            """)

    @Option(help: ArgumentHelp("The recipe; etc/nuwa/training/mtd.toml explains it.", valueName: "file"))
    var config = "etc/nuwa/training/mtd.toml"

    @Option(help: ArgumentHelp("The model that the training goes on from: its directory.", valueName: "dir"))
    var start: String

    @Option(help: ArgumentHelp("A folder that `nuwa latents` fills, also meanwhile.", valueName: "dir"))
    var latents: String

    @Option(help: ArgumentHelp("One of the validation split, for the held-out loss.", valueName: "dir"))
    var validation: String?

    @Option(help: ArgumentHelp("Where to keep what the training comes to; made if missing.", valueName: "dir"))
    var work: String

    @Flag(help: "Begin with untrained weights, in the shape of those of --start.")
    var untrained = false

    @Option(help: "Threads. Results do not depend on it.")
    var workers: Int?

    func run() throws {
        func directory(_ path: String) -> URL { URL(filePath: path, directoryHint: .isDirectory) }
        let recipe = try DenoiserRecipe.read(URL(filePath: config))
        let places = DenoiserTraining.Places(
            start: directory(start), latents: directory(latents), heldOut: validation.map(directory))
        let training = try DenoiserTraining(
            recipe, at: places, isUntrained: untrained, threads: workers ?? UsableProcessors.count())
        let run = try DenoiserRun(training, work: directory(work))
        if training.step > 0 { print("goes on after step \(training.step)") }
        let signals = Interruption()
        try run.run(while: { !signals.came }) { progress in print(line(progress)) }
        let state = training.step == recipe.steps ? "done" : "interrupted"
        print("\(state) after step \(training.step) of \(recipe.steps): \(run.checkpoint.path)")
    }

    private func line(_ progress: DenoiserRun.Progress) -> String {
        func figure(_ name: String, _ value: Double?) -> String {
            value.map { String(format: "  %@ %.4f", name, $0) } ?? ""
        }
        let share = progress.step * 20 / progress.steps
        let bar = String(repeating: "#", count: share) + String(repeating: ".", count: 20 - share)
        return "[\(bar)] \(progress.step)/\(progress.steps)" + figure("loss", progress.loss)
            + figure("held-out clips", progress.heldOut?.clips) + figure("stills", progress.heldOut?.stills)
            + String(format: "  %.2f s/step", progress.secondsPerStep)
            + "  \(Duration.seconds(progress.secondsLeft).formatted(.units(allowed: [.days, .hours, .minutes], width: .narrow))) left"
    }
}

/// Whether somebody asked the program to end.
private final class Interruption {
    private let sources: [any DispatchSourceSignal]
    private let flag: Flag

    private final class Flag: Sendable {
        let came = Atomic(false)
    }

    var came: Bool { flag.came.load(ordering: .relaxed) }

    init() {
        let flag = Flag()
        self.flag = flag
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { flag.came.store(true, ordering: .relaxed) }
            source.resume()
            return source
        }
    }
}
