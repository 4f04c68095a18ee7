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

    @Argument(help: "The script.")
    var script: String

    @Option(name: .shortAndLong, help: ArgumentHelp("Where the film goes.", valueName: "film.mp4"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "The model: a name, or a directory (with a / in it). Default: the script's, else cartoon.",
            valueName: "model"))
    var model: String?

    @Option(help: "Worker threads. Default: one per usable processor.")
    var workers: Int?

    @Option(help: "Type of the activations: automatic, f32 or bf16.")
    var precision: Precision = .automatic

    @Option(help: ArgumentHelp("Where finished segments are kept. Default: ~/.cache/nuwa.", valueName: "dir"))
    var workspace: String?

    @Option(
        name: .customLong("contact-sheet"),
        help: ArgumentHelp("Also write a picture of frames from the whole film.", valueName: "file.png"))
    var sheet: String?

    func validate() throws {
        if let workers, !(1...1024).contains(workers) {
            throw ValidationError("--workers \(workers): 1 to 1024 are possible")
        }
        // Else hours might go by before the film finds no place.
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: output, isDirectory: &isDirectory), isDirectory.boolValue {
            throw ValidationError("--output \(output): is a directory; name the film's file")
        }
    }

    func run() throws {
        do {
            try render()
        } catch let exit as ExitCode {
            throw exit
        } catch let errors as ScriptErrors {
            Output.complain(errors.description.trimmingCharacters(in: .newlines))
            throw ExitCode.failure
        } catch {
            Output.complain("nuwa: \(error)")
            throw ExitCode.failure
        }
    }

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
        try film(job, model)
        if let sheet {
            try contactSheet(of: job.output, frames: 24, columns: 6).writePNG(to: URL(filePath: sheet))
            print("contact sheet: \(sheet)")
        }
    }

    /// Renders the film, showing progress, and returns when it is in place.
    private func film(_ job: RenderJob, _ model: Model) throws {
        let workers = workers ?? UsableProcessors.count()
        let watch = RenderWatch(job: job)
        let workspace = try Workspace(workspaceDirectory)
        let renderer = Renderer(
            configuration: model.configuration,
            executor: ThreadExecutor(model: model, workers: workers, workspace: workspace), workspace: workspace,
            version: NuwaVersion.current, observer: watch)
        let interrupts = Interrupts(watch)
        defer { interrupts.end() }
        let display = RenderDisplay()
        display.begin(job, model: model, workers: workers)
        try renderer.submit(job)
        let end = watch.wait(every: display.interval) { lines in
            display.show(renderer.progress(job.id), lines)
        }
        renderer.stop()

        switch end {
        case .film(let facts):
            display.end(job, facts: facts, counts: watch.counts)
        case .failed(let failure):
            Output.complain("nuwa: \(failure)")
            throw ExitCode.failure
        case .interrupted:
            Output.complain(
                "stopped; \(workspaceDirectory.path) keeps what is finished: the same command goes on from there")
            throw ExitCode(130)
        }
    }

    private var workspaceDirectory: URL {
        if let workspace { return URL(filePath: workspace, directoryHint: .isDirectory).absoluteURL }
        let cache =
            ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            .map { URL(filePath: $0, directoryHint: .isDirectory) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
        return cache.appending(path: "nuwa")
    }
}

/// What is wrong with the command's arguments, found when they are used.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
