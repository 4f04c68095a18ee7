import ArgumentParser
import Console
import Control
import Reports
import Terminal

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Render nothing until `resume`, also after a restart. For admins.",
        discussion:
            "Returns when nothing is at work any more: each worker ends the step at hand. Scripts are still taken in.")

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let report = try await options.client.change(.pause)
        if options.json { return try Output.json(report) }
        Output.say(StatusText(style: Output.style).page(report))
    }
}
