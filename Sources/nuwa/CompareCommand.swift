import ArgumentParser
import Cartoon
import Comparison
import Console
import Diffusion
import Evaluation
import Files
import Foundation
import Models
import Pictures
import Terminal
import Threads

/// `nuwa compare`: the same weights, by other orders of making a film.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Set diffusion over diffusion beside films made from left to right by the same weights.",
        discussion: """
            Makes films for scripts that tell held-out episodes, by each scheme; has the recogniser read them, and writes comparison.md, \
            comparison.json and sheet.png (a row a scheme) to --output. What is made stays in --cache, so a comparison that was stopped goes on.

            Schemes: \(Scheme.named.map { "\($0.name) (\($0.about))" }.joined(separator: "; ")). Others go by numbers: \
            `chain-DEPTHS-OVERLAP-FRAMES`, from left to right in windows of so many depths, as `chain-2-1-16`; `memory-OVERLAP-FRAMES`; \
            `queue-FRAMES` and `queue-coherent-FRAMES`.
            """)

    @Argument(help: ArgumentHelp("The model: its directory.", valueName: "dir"), completion: .directory)
    var model: String

    @Option(help: ArgumentHelp("Which, with commas between them.", valueName: "names"))
    var schemes = "hierarchy,autoregression-1,autoregression-4,autoregression-8,two-levels,memory,queue,queue-coherent"

    @Option(help: ArgumentHelp("How long the films are, in frames, with commas between them.", valueName: "numbers"))
    var lengths = "16,256,1024,3376"

    @Option(help: "How many films of each length.")
    var films = 4

    @Option(help: "Steps of a clip whose start is known, which only other schemes than the hierarchy have.")
    var steps = 10

    @Option(help: "Guidance of such a clip.")
    var guidance = 1.5

    @Option(help: "How such a clip is sampled.")
    var sampler = ModelConfiguration.Sampling.Kind.dpmSolver

    @OptionGroup var measuring: MeasuringOptions

    @OptionGroup var workers: WorkerOptions

    func validate() throws {
        guard try !chosenSchemes().isEmpty, try !chosenLengths().isEmpty else {
            throw ValidationError("--schemes and --lengths name one at least")
        }
        guard films >= 1 else { throw ValidationError("--films is 1 or more") }
        guard (1...1000).contains(steps), guidance >= 1 else {
            throw ValidationError("--steps is 1 to 1000, --guidance 1 or more")
        }
    }

    private func chosenSchemes() throws -> [Scheme] {
        try schemes.split(separator: ",").map { name in
            guard let scheme = Scheme(name: String(name)) else {
                throw ValidationError(
                    "--schemes \(schemes): there is no scheme \(name); there are \(Scheme.named.map(\.name).joined(separator: ", "))"
                )
            }
            return scheme
        }
    }

    private func chosenLengths() throws -> [Int] {
        try lengths.split(separator: ",").map {
            guard let number = Int($0), (16...50_626).contains(number) else {
                throw ValidationError("--lengths \(lengths): \($0) is no number of frames from 16 to 50626")
            }
            return number
        }
    }

    func run() throws { try complaining { try compare() } }

    private func compare() throws {
        let model = try Model.load(directory: URL(filePath: model, directoryHint: .isDirectory))
        let recogniser = try measuring.recogniser()
        let kept = ComparisonCache(folder: measuring.cache(named: "comparison"), model: model, recogniser: recogniser)
        let output = try measuring.output(named: "comparison")
        let team = Team(size: workers.count)
        try check(model)
        let times = try SpeedTest(model: model, workers: 1).run()
        let pace = Cost.Pace(
            evaluation: times.evaluation, decode: times.decode, frames: model.configuration.segmentFrames)
        var entries: [ComparisonReport.Entry] = []
        let schemes = try chosenSchemes()
        var sheet = ContactSheet(
            columns: Self.sheetFrames, title: "\(model.configuration.name): one film by each scheme")
        for length in try chosenLengths() {
            let scripts = (0..<films).map {
                HeldOutScript(number: EpisodeNumbers.films + $0, frames: length, of: measuring.split)
            }
            let others = (0..<films).map {
                HeldOutScript(number: EpisodeNumbers.others + $0, frames: length, of: measuring.split)
            }
            let real = try team.map(films) { try kept.real(scripts[$0]) }
            let unlike = try team.map(films) { try kept.real(others[$0]) }
            for scheme in schemes {
                let maker = SchemeSampler(model: model, scheme: scheme, continuation: continuation)
                let made = try team.map(films) { number in
                    let side = try kept.made(scripts[number], by: maker)
                    Output.complain("\(scheme.name), \(length) frames: film \(number + 1) of \(films)")
                    return side
                }
                let script = scripts[0]
                let prompts = try kept.prompts(of: script)
                let cost = try maker.cost(frames: length, prompt: prompts)
                let joins = try maker.joins(frames: length, prompt: prompts)
                let readings = (0..<films).map {
                    FilmReading(scripts[$0], shown: 0..<length, joins: joins, made: made[$0], real: real[$0])
                }
                entries.append(
                    ComparisonReport.Entry(
                        scheme: scheme, frames: length, films: films, cost: cost, pace: pace,
                        rows: DistanceTable.rows(
                            zip(made, real).map { .init(made: $0.features, real: $1.features) },
                            others: zip(unlike, real).map { .init(made: $0.features, real: $1.features) })
                            + FilmTable.rows(compared: readings)
                            + (try handicap(scheme, scripts, model, kept, team))))
                for cell in try team.map(1, { _ in try cells(script, maker, kept) })[0] {
                    sheet.add(cell.image, label: cell.label)
                }
                // After each, so that there is something to look at early.
                let report = ComparisonReport(
                    model: model.configuration.name, hash: model.hash, recogniser: recogniser.hash,
                    split: measuring.split, continuation: continuation, pace: pace, entries: entries)
                try DurableFile.write(Data(report.text.utf8), to: output.appending(path: "comparison.md"))
                try DurableFile.write(report.json(), to: output.appending(path: "comparison.json"))
                try sheet.image().writePNG(to: output.appending(path: "sheet.png"))
            }
        }
    }

    /// Of a queue, what it is at a disadvantage by.
    private func handicap(
        _ scheme: Scheme, _ scripts: [HeldOutScript], _ model: Model, _ kept: ComparisonCache, _ team: Team
    ) throws -> [EvaluationRow] {
        guard case .queue(_, let length) = scheme else { return [] }
        let size = model.configuration.entering
        let errors = try team.map(scripts.count) { number in
            let (script, prompt) = (scripts[number], try kept.prompts(of: scripts[number]))
            let pictures = try (0..<length).map {
                try script.episode.image(at: $0, width: size.width, height: size.height)
            }
            return QueueHandicap(model: model, length: length).errors(
                model.encode(apart: pictures), prompts: (0..<length).map(prompt), seed: script.episode.seed)
        }
        return [QueueHandicap.row(errors)]
    }

    /// Frames of each film on the sheet.
    private static let sheetFrames = 8

    private var continuation: ModelConfiguration.Sampling.Effort {
        .init(steps: steps, sampler: sampler, guidance: guidance)
    }

    /// Frames of a film, evenly spaced.
    private func cells(
        _ script: HeldOutScript, _ maker: SchemeSampler, _ kept: ComparisonCache
    ) throws -> [(image: Image, label: String)] {
        let frames = script.episode.frames
        let shown = (0..<Self.sheetFrames).map { $0 * (frames - 1) / (Self.sheetFrames - 1) }
        var pictures = try kept.pictures(script, by: maker)
        return try (0..<frames).compactMap { frame in
            guard let image = try pictures.next(), shown.contains(frame) else { return nil }
            let size = (image.width, image.height)
            let label = frame == 0 ? "\(maker.scheme.name), \(frames)" : "\(frame)"
            return (image.reduced(by: size.0 > Recogniser.width ? 2 : 1), label)
        }
    }

    /// Before anything is made: whether the model makes clips of as many frames as the schemes have.
    private func check(_ model: Model) throws {
        let most = model.configuration.segmentFrames
        for scheme in try chosenSchemes() {
            guard let frames = scheme.clipFrames, frames > most else { continue }
            throw ValidationError(
                "\(scheme.name) has clips of \(frames) frames, and \(model.configuration.name) makes \(most) at the most: "
                    + "name others with --schemes, as `hierarchy` or `chain-1-1-\(most)`")
        }
    }
}

extension ModelConfiguration.Sampling.Kind: ExpressibleByArgument {}
