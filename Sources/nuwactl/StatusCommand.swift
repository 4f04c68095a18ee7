import ArgumentParser
import Reports
import Terminal

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "The daemon, and the jobs that are not over.",
        discussion: "A hundred of them at most; the others are counted.")

    /// More jobs nobody reads.
    static let shown = 100

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let report = try await JobSource(options).status(jobs: Self.shown)
        if options.json { return try Output.json(report) }
        Output.say(StatusText(style: Output.style).page(report))
    }
}
