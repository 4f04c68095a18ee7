import ArgumentParser
import Commissions
import Console
import Foundation
import Installation
import Models
import Pictures
import Plans
import Rendering
import Scripts
import Tensors
import Threads

/// `nuwa storyboard`: a film before it is made.
struct StoryboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storyboard",
        abstract: "Draw a script's keyframes on one picture, without rendering the film.",
        discussion: """
            Renders depth 0 alone: keyframes over the whole film, in the time of one segment. They are kept in the workspace, and a \
            render of the script goes on from them.
            """)

    @OptionGroup var source: ScriptOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("The PNG to write.", valueName: "png"), completion: .file())
    var output: String

    @Option(help: "Frames in a row.")
    var columns = 4

    @OptionGroup var options: RenderOptions

    func validate() throws {
        guard (1...100).contains(columns) else { throw ValidationError("--columns \(columns): from 1 to 100 in a row") }
    }

    func run() throws {
        try complaining {
            let (commission, model) = try source.commission()
            let output = URL(filePath: output).absoluteURL
            let job = RenderJob(
                id: 1, name: commission.name, script: commission.text, storyboard: commission.storyboard,
                plan: commission.plan, seed: commission.seed, output: output)
            let maker = Keyframes(model: model, workspace: try Workspace(options.workspaceDirectory))
            // Networks recurse deeper than the main thread's stack allows.
            let pictures = try Team(size: 1).map(1) { _ in
                try maker.pictures(of: job, version: NuwaVersion.current)
            }[0]
            let (frames, fps) = (commission.plan.frames, commission.storyboard.fps)
            var sheet = ContactSheet(
                columns: columns, title: FilmSheet.title(commission.name, frames: frames, fps: fps))
            for picture in pictures { sheet.add(picture.image, label: FilmSheet.label(picture.frame, fps: fps)) }
            try sheet.image().writePNG(to: output)
            Output.say("storyboard: \(output.path) (\(pictures.count) of \(frames) frames)")
        }
    }
}
