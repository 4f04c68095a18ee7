import ArgumentParser
import Cartoon
import Commissions
import Console
import Corpora
import Diffusion
import Evaluation
import Files
import Foundation
import Installation
import Models
import Pictures
import Plans
import Rendering
import Scripts
import Tensors
import Terminal
import Threads
import Training
import Video

/// `nuwa evaluate`: how good a model is.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on episodes of the cartoon that training never sees.",
        discussion: """
            Renders films for scripts that tell held-out episodes, has the recogniser read them, and writes table.txt, table.json, plot.png \
            and sheet.png (frames with what is seen in them) to --output. Of --keyframes films the keyframes alone \
            are made and read, which tells much of a model in little time. All that is made stays in --cache: an evaluation that was stopped goes on, \
            and one with more films makes only those.

            With --quick nothing is sampled: by stride, by what is known and by how much noise there is, how far the denoiser's prediction is \
            off, how much the right prompt helps against none, and how often it beats one with a swapped name.
            """)

    @Argument(help: ArgumentHelp("The model: its directory.", valueName: "dir"), completion: .directory)
    var model: String

    @Flag(help: "Sample nothing.")
    var quick = false

    @Option(help: "How many films of 226 frames.")
    var films = 24

    @Option(help: "How many films of 3376 frames.")
    var long = 2

    @Option(
        help: "How many films of 226 frames whose keyframes alone are made, which tells much of a model in little time."
    )
    var keyframes = 24

    @Option(help: "Clips of each kind whose prediction is measured.")
    var clips = 24

    @OptionGroup var measuring: MeasuringOptions

    @OptionGroup var workers: WorkerOptions

    func validate() throws {
        guard films >= 0, long >= 0, keyframes >= 0, clips >= 1 else {
            throw ValidationError("--films, --long and --keyframes are 0 or more, --clips 1 or more")
        }
    }

    func run() throws { try complaining { try evaluate() } }

    private func evaluate() throws {
        let directory = URL(filePath: model, directoryHint: .isDirectory)
        let model = try Model.load(directory: directory)
        let folder = measuring.cache(named: "evaluation")
        if quick {
            print(HeldOutTable.Row.header)
            let table = try heldOut(model, in: folder) { print($0.line) }
            print(String(format: "mean error %.4f", table.score))
        } else {
            try tables(model, of: directory, in: folder)
        }
    }

    // MARK: Without sampling

    private func heldOut(
        _ model: Model, in folder: URL, report: (HeldOutTable.Row) -> Void
    ) throws -> HeldOutTable {
        try HeldOutTable(
            of: model, latents: try heldOutLatents(model, in: folder), clips: clips,
            team: Team(size: workers.count), report: report)
    }

    private static let heldOutShards = 12

    /// Latents of held-out clips, made where they are missing.
    private func heldOutLatents(_ model: Model, in folder: URL) throws -> URL {
        // Models that have the encoder in common share them.
        let encoder = model.encoderHash
        let latents = folder.appending(
            path: "latents-\(measuring.split)-\(encoder.prefix(16))", directoryHint: .isDirectory)
        let size = model.configuration.entering
        let cache = try LatentCache(
            folder: latents, corpus: CartoonCorpus(split: measuring.split, width: size.width, height: size.height),
            model: model, bound: .max)
        let missing = Self.heldOutShards - (try LatentCache.shards(in: latents)).count
        if missing > 0 {
            Output.complain("encoding \(missing * LatentCache.shardFrames) held-out frames")
            _ = try Team(size: workers.count).map(missing) { _ in try cache.fill() }
        }
        return latents
    }

    // MARK: With films

    private func tables(_ model: Model, of directory: URL, in folder: URL) throws {
        let recogniser = try measuring.recogniser()
        let output = try measuring.output(named: "evaluation")
        var sheet = ContactSheet(columns: 4, title: "\(model.configuration.name): frames, and what is seen in them")
        func readings(_ count: Int, frames: Int, from first: Int) throws -> [FilmReading] {
            try (0..<count).map { number in
                let script = HeldOutScript(number: first + number, frames: frames, of: measuring.split)
                let film = try film(script, model, in: folder)
                Output.complain("film \(number + 1) of \(count) of \(frames) frames: \(film.url.path)")
                return try read(film.url, script, joins: film.joins, recogniser, onto: &sheet)
            }
        }
        let short = try readings(films, frames: 226, from: EpisodeNumbers.films)
        let long = try readings(long, frames: 3376, from: EpisodeNumbers.longFilms)
        let report = EvaluationReport(
            model: model.configuration.name, hash: model.hash, split: measuring.split,
            rows: try RecogniserTable.rows(recogniser, split: measuring.split, count: 1000)
                + (try ReconstructionTable.rows(model, split: measuring.split))
                + FilmTable.rows(keyframes: try keyframes(model, in: folder, recogniser))
                + FilmTable.rows(short: short, long: long),
            heldOut: try heldOut(model, in: folder) { _ in })
        try DurableFile.write(Data(report.text.utf8), to: output.appending(path: "table.txt"))
        try DurableFile.write(report.json(), to: output.appending(path: "table.json"))
        try report.plot().writePNG(to: output.appending(path: "plot.png"))
        if films + self.long > 0 { try sheet.image().writePNG(to: output.appending(path: "sheet.png")) }
        print(report.text, terminator: "")
    }

    /// The film of a script, made where it is missing, and the frames in which another segment begins.
    private func film(_ script: HeldOutScript, _ model: Model, in folder: URL) throws -> (url: URL, joins: Set<Int>) {
        let (job, url) = try job(script, model, in: folder)
        let plan = job.plan
        let joins = Set(plan.segments(atDepth: plan.finestDepth).map(\.emitted.lowerBound)).subtracting([0])
        if FileManager.default.fileExists(atPath: url.path) { return (url, joins) }
        try FilmRun(
            job: job, model: model, workers: workers.count, workspace: segments(in: folder), isQuiet: true
        ).run()
        return (url, joins)
    }

    /// What the film of a script depends on.
    private struct FilmIdentity: Encodable {
        let version, model, type, script: String
    }

    private func job(
        _ script: HeldOutScript, _ model: Model, in folder: URL
    ) throws -> (RenderJob, film: URL) {
        let commission = try Commission(
            script.text, name: script.name, limits: .workbench, model: model.configuration)
        let films = folder.appending(path: "films", directoryHint: .isDirectory)
        try DurableFile.makeDirectory(films)
        let identity = FilmIdentity(
            version: NuwaVersion.current, model: model.hash, type: "\(model.type)", script: script.text)
        let url = films.appending(path: "\(try Fingerprint(of: identity).hex.prefix(32)).mp4")
        return (
            RenderJob(
                id: 1, name: script.name, script: script.text, storyboard: commission.storyboard,
                plan: commission.plan, seed: commission.seed, output: url), url
        )
    }

    /// Where checkpoints of segments are kept.
    private func segments(in folder: URL) -> URL { folder.appending(path: "segments", directoryHint: .isDirectory) }

    /// The keyframes of many films, each made by one worker.
    private func keyframes(_ model: Model, in folder: URL, _ recogniser: Recogniser) throws -> [FilmReading] {
        let maker = Keyframes(model: model, workspace: try Workspace(segments(in: folder)))
        return try Team(size: workers.count).map(keyframes) { number in
            let script = HeldOutScript(number: EpisodeNumbers.films + number, frames: 226, of: measuring.split)
            let pictures = try maker.pictures(of: try job(script, model, in: folder).0, version: NuwaVersion.current)
            var (images, fitting) = (pictures.map(\.image).makeIterator(), Fitting())
            return try FilmReading(script, shown: pictures.map(\.frame), joins: [], recogniser) {
                try images.next().map { try fitting.fit($0) }
            }
        }
    }

    /// Frames of each film on the sheet.
    private static let sheetFrames = 4

    private func read(
        _ film: URL, _ script: HeldOutScript, joins: Set<Int>, _ recogniser: Recogniser, onto sheet: inout ContactSheet
    ) throws -> FilmReading {
        let reader = try VideoReader(film)
        var fitting = Fitting()
        var frame = 0
        var shown: [Image] = []
        let reading = try FilmReading(script, shown: 0..<script.episode.frames, joins: joins, recogniser) {
            guard let image = try reader.next().map({ try fitting.fit($0) }) else { return nil }
            if frame % (script.episode.frames / Self.sheetFrames) == script.episode.frames / Self.sheetFrames / 2 {
                shown.append(image)
            }
            frame += 1
            return image
        }
        for image in shown.prefix(Self.sheetFrames) { sheet.add(image, label: "") }
        for image in shown.prefix(Self.sheetFrames) {
            let look = recogniser.look(at: image)
            sheet.add(look.image, label: look.label)
        }
        return reading
    }
}
