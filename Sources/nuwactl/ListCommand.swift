import ArgumentParser
import Reports
import Terminal

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All jobs, oldest first.")

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let jobs = try await JobSource(options).jobs()
        if options.json { return try Output.json(JobList(jobs: jobs)) }
        Output.say(JobText(style: Output.style).table(jobs))
    }
}
