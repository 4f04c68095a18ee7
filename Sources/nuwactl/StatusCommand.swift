import ArgumentParser
import Console
import Reports
import Terminal

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "The daemon, and the jobs that are not over.",
        discussion: "The first --jobs of them in the order in which they are worked on; the others are counted.")

    @Option(help: ArgumentHelp("So many jobs at most, 0 to 1000.", valueName: "n"))
    var jobs = 20

    @OptionGroup var options: InstallationOptions

    func validate() throws {
        guard (0...1000).contains(jobs) else { throw ValidationError("--jobs is a number from 0 to 1000") }
    }

    func run() async throws {
        let report = try await JobSource(options).status(jobs: jobs)
        if options.json { return try Output.json(report) }
        Output.say(StatusText(style: Output.style).page(report))
    }
}
