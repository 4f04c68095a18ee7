import ArgumentParser
import Console
import Control
import Reports
import Terminal

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Render again, after `pause`, or instead of a `drain`. For admins.",
        discussion: "Jobs go on where they were.")

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let report = try await options.client.change(.resume)
        if options.json { return try Output.json(report) }
        Output.say(StatusText(style: Output.style).page(report))
    }
}
