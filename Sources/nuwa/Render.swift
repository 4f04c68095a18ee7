import ArgumentParser
import Commissions
import Diffusion
import Foundation
import Imports
import Installation
import Models
import Pictures
import RenderPlan
import Renderer
import Script
import Terminal

/// `nuwa render`: a script to a film without a daemon.
struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Render a script into a film, without a daemon.",
        discussion: """
            Finished segments are kept in the workspace. A render that was stopped or killed goes on where it was when the same \
            command is given again, an edited script renders only what the edit touched, and the film has the same bytes either way.
            """)

    @Argument(help: "The script.", completion: .file())
    var script: String

    @Option(name: .shortAndLong, help: ArgumentHelp("Where the film goes.", valueName: "film.mp4"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "The model: a name, or a directory (with a / in it). Default: the script's, else cartoon.",
            valueName: "model"))
    var model: String?

    @Option(help: "Type of the activations: automatic, f32 or bf16.")
    var precision: Precision = .automatic

    @Option(
        name: .customLong("contact-sheet"),
        help: ArgumentHelp("Also write a picture of frames from the whole film.", valueName: "file.png"))
    var sheet: String?

    @OptionGroup var options: RenderOptions

    func validate() throws {
        // Else hours might go by before the film finds no place.
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: output, isDirectory: &isDirectory), isDirectory.boolValue {
            throw ValidationError("--output \(output): is a directory; name the film's file")
        }
    }

    func run() throws { try complaining { try render() } }

    private func render() throws {
        let name = URL(filePath: script).lastPathComponent
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: script))
        } catch {
            throw Complaint("cannot read \(script): \(error.localizedDescription)")
        }
        let (asked, warnings) = try Script.read(data, name: name)
        // Everything under `/`, and models of the source tree as well.
        let models = Paths(root: URL(filePath: "/", directoryHint: .isDirectory))
        let modelName = model ?? asked.model ?? Configuration().model.name
        let model: Model
        do {
            model = try Model.load(directory: try models.models.directory(of: modelName), precision: precision)
        } catch let missing as ModelNotFound {
            let places = missing.searched.map(\.path).joined(separator: ", ")
            throw Complaint("no model \"\(modelName)\" in \(places); name its directory with --model ./DIR")
        }
        // What it says of the model is settled: it was followed just now, or the command line overruled it.
        var read = asked
        read.model = nil
        let commission = try Commission(
            read, text: String(decoding: data, as: UTF8.self), warnings: warnings, model: model.configuration)
        for warning in commission.warnings { Output.complain(warning.rendered()) }

        let job = RenderJob(
            id: 1, name: name, script: commission.text, storyboard: commission.storyboard, plan: commission.plan,
            seed: commission.seed, output: URL(filePath: output).absoluteURL)
        try FilmRun(job: job, model: model, workers: options.workerCount, workspace: options.workspaceDirectory)
            .run()
        if let sheet {
            try FilmSheet(job.output, title: job.output.lastPathComponent).image().writePNG(to: URL(filePath: sheet))
            print("contact sheet: \(sheet)")
        }
    }
}
