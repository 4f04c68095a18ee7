import ArgumentParser
import Foundation
import Installation

struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce", abstract: "Render a film again from what it says of itself, and compare the bytes.",
        discussion: """
            Hands over to `nuwa reproduce`, which computes here and now, not in nuwad; its --help tells more. Another model or \
            processor is named before anything is rendered.
            """)

    @Argument(help: ArgumentHelp("The film.", valueName: "film.mp4"), completion: .file(extensions: ["mp4"]))
    var film: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Keep the film made anew.", valueName: "new.mp4"), completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The film's script, where it was too long to be in the film.", valueName: "file"), completion: .file())
    var script: String?

    @Flag(help: "Render even where the bytes cannot be the same, and tell how far the pictures are apart.")
    var anyway = false

    @OptionGroup var options: InstallationOptions

    func run() throws { try Workbench.become(arguments) }

    /// For `nuwa`.
    var arguments: [String] {
        let values = [("--output", output), ("--script", script), ("--root", options.root)]
        let flags = [("--anyway", anyway), ("--json", options.json)]
        return ["reproduce", film] + values.flatMap { name, value in value.map { [name, $0] } ?? [] }
            + flags.compactMap { name, isSet in isSet ? name : nil }
    }
}
