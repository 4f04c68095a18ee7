import ArgumentParser
import Commissions
import Foundation
import Pictures
import Rendering

/// `nuwa render`: a script to a film without a daemon.
struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Render a script into a film, without a daemon.",
        discussion: """
            Finished segments are kept in the workspace. A render that was stopped or killed goes on where it was when the same \
            command is given again, and the film has the same bytes either way. Of an edited script, segments are found whose prompts \
            and keyframes are the very same; where a keyframe's prompt is another, all keyframes are made anew, and the whole film. \
            (`nuwactl edit` keeps the other keyframes.)
            """)

    @OptionGroup var source: ScriptOptions

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Where the film goes.", valueName: "film.mp4"), completion: .file())
    var output: String

    @Option(
        name: .customLong("contact-sheet"),
        help: ArgumentHelp("Also write a picture of frames from the whole film.", valueName: "file.png"),
        completion: .file())
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
        let (commission, model) = try source.commission()
        let job = RenderJob(
            id: 1, name: commission.name, script: commission.text, storyboard: commission.storyboard,
            plan: commission.plan,
            seed: commission.seed, output: URL(filePath: output).absoluteURL)
        try FilmRun(job: job, model: model, workers: options.workers.count, workspace: options.workspaceDirectory)
            .run()
        if let sheet {
            try FilmSheet(job.output, title: job.output.lastPathComponent).image().writePNG(to: URL(filePath: sheet))
            print("contact sheet: \(sheet)")
        }
    }
}
