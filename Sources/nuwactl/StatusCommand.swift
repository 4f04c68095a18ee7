import ArgumentParser
import Reports
import Terminal

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "The daemon, and the jobs that are not over.")

    /// More jobs nobody reads; the others are counted.
    private static let shown = 100

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        if options.json { return try Output.json(try await JobSource(options).status(jobs: nil)) }
        let report = try await JobSource(options).status(jobs: Self.shown)
        Output.say(StatusText(style: Output.style).page(report))
    }
}
