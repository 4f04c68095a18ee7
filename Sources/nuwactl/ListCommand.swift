import ArgumentParser
import JobStore
import Reports
import Terminal

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All jobs, oldest first.")

    @Option(help: ArgumentHelp("Only jobs in this state; may be given several times.", valueName: "state"))
    var state: [JobState.Name] = []

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let jobs = try await JobSource(options).jobs(JobQuery(states: state.isEmpty ? nil : Set(state)))
        if options.json { return try Output.json(JobList(jobs: jobs)) }
        Output.say(JobText(style: Output.style).table(jobs))
    }
}
