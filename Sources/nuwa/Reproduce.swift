import ArgumentParser
import Commissions
import Console
import Diffusion
import Files
import Foundation
import Imports
import Installation
import Models
import Pictures
import Rendering
import Scripts
import Terminal
import Video

/// `nuwa reproduce`: whether a film is what it says it is.
struct Reproduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Render a film again from what it says of itself, and compare the bytes.",
        discussion: """
            A film carries its script, its seed and what made it. Where that cannot give the same bytes here, because the model or the \
            processor is another, this is told before anything is rendered. Nothing that was rendered before is used.

            Exit status: 0 the bytes are the same; 1 they are not, or will not be; 2 wrong usage.
            """)

    @OptionGroup var asked: ReproduceOptions

    @Option(help: ArgumentHelp("The installation under DIR: its models.", valueName: "dir"), completion: .directory)
    var root: String?

    @Flag(help: "Answer in JSON (docs/json.md).")
    var json = false

    @OptionGroup var options: RenderOptions

    func run() throws { try complaining { try reproduce() } }

    private func reproduce() throws {
        let file = URL(filePath: asked.film)
        let facts = try Film.probe(file)
        guard let comment = facts.comment else {
            throw Complaint(
                "\(asked.film) does not say what it was made from: it is no film of nuwa's, or its comment was lost")
        }
        let provenance: Provenance
        do {
            provenance = try Provenance(comment: comment)
        } catch {
            throw Complaint(
                "\(asked.film) does not say what it was made from as this nuwa would: it is no film of nuwa's, or of another version: \(error)"
            )
        }
        let model = try model(of: provenance)
        let work = options.workspaceDirectory.appending(path: "reproduce/\(provenance.scriptHash.prefix(16))")
        let job = try job(
            of: provenance, model.configuration, comment: comment,
            output: asked.output.map { URL(filePath: $0).absoluteURL } ?? work.appending(path: "film.mp4"))
        let here = try Provenance(
            job: job, configuration: model.configuration, network: NetworkIdentity(model: model),
            encoding: provenance.encoding, version: NuwaVersion.current)
        let obstacles = provenance.obstacles(here: here)
        guard obstacles.isEmpty || asked.anyway else {
            if json { try Output.json(Answer(same: false, obstacles: obstacles)) }
            Output.complain(obstacles.map { "nuwa: \($0)" }.joined(separator: "\n"))
            Output.complain(
                "nuwa: the bytes will not be the same; --anyway renders, and tells how far the pictures are apart")
            throw ExitCode.failure
        }
        if provenance.encoder == nil {
            Output.complain("nuwa: the film does not say how it was encoded; the default is used")
        }

        try FilmRun(
            job: job, model: model, workers: options.workers.count, workspace: work, encoding: provenance.encoding,
            isQuiet: json
        ).run()
        let difference = try FilmDifference(file, job.output)
        try? FileManager.default.removeItem(at: work)
        if json {
            try Output.json(Answer(same: difference == nil, obstacles: obstacles, difference: difference))
        } else {
            Output.say(
                difference.map { "\($0)" } ?? "the same: \(asked.film) is what nuwa makes of its script, byte for byte")
        }
        if difference != nil { throw ExitCode.failure }
    }

    /// The model that the film names, in its precision if this processor has it.
    private func model(of provenance: Provenance) throws -> Model {
        let root = root.map { URL(filePath: $0, directoryHint: .isDirectory) }
        let directory = try Paths(root: root).models.directory(
            of: provenance.model.name,
            remedy: "install it, since the film was made with it, or name an installation that has it with --root DIR")
        do {
            return try Model.load(
                directory: directory, precision: Precision(rawValue: provenance.model.precision) ?? .automatic)
        } catch ModelError.bf16NotSupported {
            return try Model.load(directory: directory)
        }
    }

    private func job(
        of provenance: Provenance, _ model: ModelConfiguration, comment: String, output: URL
    ) throws -> RenderJob {
        let text: String
        if let file = asked.script {
            text = String(decoding: try WholeFile.read(URL(filePath: file)), as: UTF8.self)
            guard provenance.isMade(from: text) else {
                throw Complaint("\(file) is not the script that \(asked.film) was made from")
            }
        } else if let own = provenance.script {
            text = own
        } else {
            throw Complaint(
                "\(asked.film) has only the hash of its script, which was too long for it: name the script with --script"
            )
        }
        let (script, warnings) = try Script.read(Data(text.utf8), name: provenance.name, limits: .accepted)
        let commission = try Commission(script, text: text, warnings: warnings, model: model)
        return RenderJob(
            id: 1, name: provenance.name, script: text, storyboard: commission.storyboard, plan: commission.plan,
            seed: provenance.seed, takes: provenance.takes ?? [], output: output, comment: comment)
    }

    /// The contract is in `docs/json.md`.
    struct Answer: Encodable {
        let same: Bool
        let obstacles: [String]
        var difference: FilmDifference?
    }
}
