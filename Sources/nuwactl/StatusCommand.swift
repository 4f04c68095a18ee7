import ArgumentParser
import Reports
import Terminal

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "The daemon, and the jobs that are not over.")

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let report = try await JobSource(options).status()
        if options.json { return try Output.json(report) }
        Output.say(StatusText(style: Output.style).page(report))
    }
}
