import ArgumentParser
import Diffusion
import Evaluation
import Foundation
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
            \(WorkOptions.discussion)
            """)

    @Option(
        help: ArgumentHelp("The recipe; etc/nuwa/training/vae.toml explains it.", valueName: "file"),
        completion: .file())
    var recipe = "etc/nuwa/training/vae.toml"

    @OptionGroup var origin: StartOptions

    @Flag(help: "Begin with an untrained autoencoder, in the shape of that of --start.")
    var untrained = false

    @OptionGroup var options: WorkOptions

    func run() throws { try complaining { try train() } }

    private func train() throws {
        let training = try AutoencoderTraining(
            AutoencoderRecipe.read(URL(filePath: recipe)), start: origin.directory, isUntrained: untrained,
            threads: options.workers.count)
        try options.goOn(training)
    }
}

/// `nuwa train mtd`
struct TrainDenoiser: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mtd",
        abstract: "Train the denoiser and the text encoder on latents that `nuwa latents` makes.",
        discussion: """
            \(WorkOptions.discussion)
            The bytes are the same where the latents are. The folder also holds samples.png (keyframes of a held-out script of the cartoon). \
            Something is held out with --validation; its score is the mean error in the table of `nuwa evaluate --quick`.
            """)

    @Option(
        help: ArgumentHelp("The recipe; etc/nuwa/training/mtd.toml and figures.toml explain it.", valueName: "file"),
        completion: .file())
    var recipe = "etc/nuwa/training/mtd.toml"

    @OptionGroup var denoiser: DenoiserOptions

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
            let team = Team(size: denoiser.options.workers.count)
            let measuring = validation.map { latents -> DenoiserTraining.Measuring in
                let latents = URL(filePath: latents, directoryHint: .isDirectory)
                return { try HeldOutTable(of: $0, latents: latents, clips: Self.heldOutClips, team: team).report }
            }
            try denoiser.train(by: recipe, stage: .mtd, isUntrained: untrained, measuring: measuring)
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
    var recipe = "etc/nuwa/training/distill.toml"

    @OptionGroup var denoiser: DenoiserOptions

    func run() throws { try complaining { try denoiser.train(by: recipe, stage: .distill) } }
}

/// What trainings of the denoiser have in common.
struct DenoiserOptions: ParsableArguments {
    @OptionGroup var origin: StartOptions

    @Option(
        help: ArgumentHelp("A folder that `nuwa latents` fills, also meanwhile.", valueName: "dir"),
        completion: .directory)
    var latents: String

    @OptionGroup var options: WorkOptions

    func train(
        by file: String, stage: DenoiserRecipe.Stage, isUntrained: Bool = false,
        measuring: DenoiserTraining.Measuring? = nil
    ) throws {
        let recipe = try DenoiserRecipe.read(URL(filePath: file))
        guard recipe.stage == stage else {
            throw ValidationError(
                "\(file) is a recipe for `nuwa train \(recipe.stage.rawValue)`, not for `nuwa train \(stage.rawValue)`"
            )
        }
        let sheets = Team(size: 1)
        let training = try DenoiserTraining(
            recipe,
            at: .init(start: origin.directory, latents: URL(filePath: latents, directoryHint: .isDirectory)),
            isUntrained: isUntrained, threads: options.workers.count, measuring: measuring,
            // Networks recurse deeper than the main thread's stack allows.
            drawing: { model in try sheets.map(1) { _ in try SampleSheet.image(of: model) }[0] })
        try options.goOn(training)
    }
}

/// `nuwa train recogniser`
struct TrainRecogniser: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recogniser",
        abstract: "Train the recogniser, which reads films for `nuwa evaluate`, on the cartoon.",
        discussion: """
            \(WorkOptions.discussion)
            What best/ holds is what models/recogniser/ has.
            """)

    @Option(
        help: ArgumentHelp("The recipe; etc/nuwa/training/recogniser.toml explains it.", valueName: "file"),
        completion: .file())
    var recipe = "etc/nuwa/training/recogniser.toml"

    @Option(
        help: ArgumentHelp("The model through whose T-KLVAE some of the pictures go.", valueName: "dir"),
        completion: .directory)
    var decoder = "models/cartoon"

    @OptionGroup var options: WorkOptions

    func run() throws { try complaining { try train() } }

    private func train() throws {
        let training = try RecogniserTraining(
            RecogniserRecipe.read(URL(filePath: recipe)),
            decoder: Model.load(directory: URL(filePath: decoder, directoryHint: .isDirectory)),
            threads: options.workers.count)
        try options.goOn(training)
    }
}
