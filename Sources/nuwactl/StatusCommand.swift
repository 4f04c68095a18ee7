import ArgumentParser
import Control

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "The daemon, and the jobs that are not over.")

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let report = try await JobSource(options).status()
        if options.json { return try Terminal.json(report) }
        Terminal.say(StatusText(style: Terminal.style).page(report))
    }
}
