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

    @OptionGroup var options: InstallationOptions

    func run() throws {
        let root = options.root.map { ["--root", $0] } ?? []
        try Workbench.become(["reproduce", film] + root + (options.json ? ["--json"] : []))
    }
}
