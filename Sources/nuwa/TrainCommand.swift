import ArgumentParser
import Console
import Diffusion
import Evaluation
import Foundation
import Synchronization
import Tensors
import Terminal
import Threads
import Training

/// `nuwa train`
struct TrainGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a network.",
        subcommands: [TrainAutoencoder.self, TrainDenoiser.self, TrainStudent.self, TrainRecogniser.self])
}

/// `nuwa train vae`
struct TrainAutoencoder: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vae",
        abstract: "Train the autoencoder, or its decoder alone, on the cartoon.",
        discussion: """
            While the decoder learns alone, latents keep their meaning, and the model that comes out has the start's denoiser. After a training of \
            the whole, the denoiser has to learn anew.
            Interrupted by Ctrl-C or SIGTERM, the training finishes its step, writes a checkpoint and ends; started again, it goes on as if \
            it had not been interrupted: the same bytes. The folder --work holds checkpoint.safetensors, log.csv, curves.png (drawn from it), model/ (averaged weights \
            as of the last checkpoint) and best/ (those of the least held-out loss).
            """)

    @Option(
        help: ArgumentHelp("The recipe; etc/nuwa/training/vae.toml explains it.", valueName: "file"),
        completion: .file())
    var config = "etc/nuwa/training/vae.toml"

    @Option(
        help: ArgumentHelp("The model that the training goes on from: its directory.", valueName: "dir"),
        completion: .directory)
    var start: String

    @Option(
        help: ArgumentHelp("Where to keep what the training comes to; made if missing.", valueName: "dir"),
        completion: .directory)
    var work: String

    @Flag(help: "Begin with an untrained autoencoder, in the shape of that of --start.")
    var untrained = false

    @OptionGroup var intervals: IntervalOptions

    @OptionGroup var workers: WorkerOptions

    func run() throws { try complaining { try train() } }

    private func train() throws {
        let training = try AutoencoderTraining(
            AutoencoderRecipe.read(URL(filePath: config)), start: URL(filePath: start, directoryHint: .isDirectory),
            isUntrained: untrained, threads: workers.count)
        try goOn(training, in: URL(filePath: work, directoryHint: .isDirectory), every: intervals)
    }
}

/// `nuwa train mtd`
struct TrainDenoiser: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mtd",
        abstract: "Train the denoiser and the text encoder on latents that `nuwa latents` makes.",
        discussion: """
            Interrupted by Ctrl-C or SIGTERM, the training finishes its step, writes a checkpoint and ends; started again, it goes on as if \
            it had not been interrupted: the same bytes, if the latents are the same. The folder --work holds checkpoint.safetensors, \
            log.csv, curves.png (drawn from it), samples.png (keyframes of a held-out script of the cartoon), model/ (averaged weights as of the last checkpoint) and, with --validation, best/ (those of the least error in the table of \
            `nuwa evaluate --quick`).
            """)

    @Option(
        help: ArgumentHelp("The recipe; etc/nuwa/training/mtd.toml and figures.toml explain it.", valueName: "file"),
        completion: .file())
    var config = "etc/nuwa/training/mtd.toml"

    @OptionGroup var options: DenoiserOptions

    @Option(
        help: ArgumentHelp("One of the validation split: weights are kept by how they do on it.", valueName: "dir"),
        completion: .directory)
    var validation: String?

    @Flag(help: "Begin with untrained weights, in the shape of those of --start.")
    var untrained = false

    /// Clips of each kind that `nuwa evaluate --quick` measures a checkpoint by.
    private static let heldOutClips = 12

    func run() throws {
        try complaining {
            let team = Team(size: options.workers.count)
            let measuring = validation.map { latents -> DenoiserTraining.Measuring in
                let latents = URL(filePath: latents, directoryHint: .isDirectory)
                return { try HeldOutTable(of: $0, latents: latents, clips: Self.heldOutClips, team: team).report }
            }
            try options.train(by: config, stage: .mtd, isUntrained: untrained, measuring: measuring)
        }
    }
}

/// `nuwa train distill`
struct TrainStudent: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distill",
        abstract: "Train a student of a denoiser that needs fewer evaluations a segment.",
        discussion: """
            The model that --start names is the teacher, and what the student begins as. What comes out is a model of its own, whose model.json \
            asks for so many evaluations, without guidance. The folder --work is as that of `nuwa train mtd`.
            """)

    @Option(
        help: ArgumentHelp("The recipe; etc/nuwa/training/distill.toml explains it.", valueName: "file"),
        completion: .file())
    var config = "etc/nuwa/training/distill.toml"

    @OptionGroup var options: DenoiserOptions

    func run() throws { try complaining { try options.train(by: config, stage: .distill) } }
}

/// What trainings of the denoiser have in common.
struct DenoiserOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The model that the training goes on from: its directory.", valueName: "dir"),
        completion: .directory)
    var start: String

    @Option(
        help: ArgumentHelp("A folder that `nuwa latents` fills, also meanwhile.", valueName: "dir"),
        completion: .directory)
    var latents: String

    @Option(
        help: ArgumentHelp("Where to keep what the training comes to; made if missing.", valueName: "dir"),
        completion: .directory)
    var work: String

    @OptionGroup var intervals: IntervalOptions

    @OptionGroup var workers: WorkerOptions

    func train(
        by config: String, stage: DenoiserRecipe.Stage, isUntrained: Bool = false,
        measuring: DenoiserTraining.Measuring? = nil
    ) throws {
        func directory(_ path: String) -> URL { URL(filePath: path, directoryHint: .isDirectory) }
        let recipe = try DenoiserRecipe.read(URL(filePath: config))
        guard recipe.stage == stage else {
            throw ValidationError(
                "\(config) is a recipe for `nuwa train \(recipe.stage.rawValue)`, not for `nuwa train \(stage.rawValue)`"
            )
        }
        let sheets = Team(size: 1)
        let training = try DenoiserTraining(
            recipe, at: .init(start: directory(start), latents: directory(latents)), isUntrained: isUntrained,
            threads: workers.count, measuring: measuring,
            // Networks recurse deeper than the main thread's stack allows.
            drawing: { model in try sheets.map(1) { _ in try SampleSheet.image(of: model) }[0] })
        try goOn(training, in: directory(work), every: intervals)
    }
}

/// `nuwa train recogniser`
struct TrainRecogniser: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recogniser",
        abstract: "Train the recogniser, which reads films for `nuwa evaluate`, on the cartoon.",
        discussion: """
            Interrupted by Ctrl-C or SIGTERM, the training finishes its step, writes a checkpoint and ends; started again, it goes on as if \
            it had not been interrupted: the same bytes. The folder --work holds checkpoint.safetensors, log.csv, curves.png (drawn from it), model/ (averaged weights \
            as of the last checkpoint) and best/ (those of the least held-out loss): what models/recogniser/ has.
            """)

    @Option(
        help: ArgumentHelp("The recipe; etc/nuwa/training/recogniser.toml explains it.", valueName: "file"),
        completion: .file())
    var config = "etc/nuwa/training/recogniser.toml"

    @Option(
        help: ArgumentHelp("The model through whose T-KLVAE some of the pictures go.", valueName: "dir"),
        completion: .directory)
    var decoder = "models/cartoon"

    @Option(
        help: ArgumentHelp("Where to keep what the training comes to; made if missing.", valueName: "dir"),
        completion: .directory)
    var work: String

    @OptionGroup var intervals: IntervalOptions

    @OptionGroup var workers: WorkerOptions

    func run() throws { try complaining { try train() } }

    private func train() throws {
        let recipe = try RecogniserRecipe.read(URL(filePath: config))
        let training = try RecogniserTraining(
            recipe, decoder: Model.load(directory: URL(filePath: decoder, directoryHint: .isDirectory)),
            threads: workers.count)
        try goOn(training, in: URL(filePath: work, directoryHint: .isDirectory), every: intervals)
    }
}

/// How often a training does something besides learning.
struct IntervalOptions: ParsableArguments {
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

    func validate() throws {
        for (name, steps) in [
            ("log", logEvery), ("checkpoint", checkpointEvery), ("measure", measureEvery),
        ] where steps < 1 {
            throw ValidationError("--\(name)-every \(steps): at least 1 step")
        }
    }
}

/// Takes a training to its last step, or to where somebody stops it.
private func goOn(_ training: any NetworkTraining, in work: URL, every intervals: IntervalOptions) throws {
    let run = try TrainingRun(
        training, work: work,
        every: .init(
            log: intervals.logEvery, checkpoint: intervals.checkpointEvery, heldOut: intervals.measureEvery))
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

private func line(_ progress: TrainingRun.Progress, _ columns: [String]) -> String {
    func figure(_ name: String, _ value: Double?) -> String {
        value.map { String(format: "  %@ %.4f", name, $0) } ?? ""
    }
    let heldOut = zip(columns, progress.heldOut?.figures ?? []).map {
        figure($0.replacingOccurrences(of: "_", with: " "), $1)
    }
    let bar = Output.style.bar(Double(progress.step) / Double(progress.steps), cells: 20)
    return "\(bar) \(progress.step)/\(progress.steps)" + figure("loss", progress.loss) + heldOut.joined()
        + String(format: "  %.2f s/step", progress.secondsPerStep) + "  " + leftText(progress.secondsLeft)
}
