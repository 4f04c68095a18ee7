import ArgumentParser
import Console
import Jobs
import Reports
import Terminal

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Jobs, oldest first.",
        discussion: "The newest hundred of them, so that the answer does not grow for ever; all with --all.")

    private static let shown = 100

    @Option(help: ArgumentHelp("Only jobs in this state; may be given several times.", valueName: "state"))
    var state: [JobState.Name] = []

    @Flag(help: "All jobs that ever were.")
    var all = false

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let list = try await list(JobSource(options))
        if options.json { return try Output.json(list) }
        Output.say(JobText(style: Output.style).table(list.jobs))
        if list.more == true { Output.complain("nuwactl: there are older ones; `nuwactl list --all` shows all") }
    }

    private func list(_ source: JobSource) async throws -> JobList {
        let states = state.isEmpty ? nil : Set(state)
        if all { return JobList(jobs: try await source.jobs(JobQuery(states: states))) }
        // One more than is shown tells whether there are others.
        return Self.newest(
            of: try await source.jobs(JobQuery(states: states, newestFirst: true, limit: Self.shown + 1)))
    }

    /// - Parameter jobs: newest first
    static func newest(of jobs: [JobReport]) -> JobList {
        JobList(jobs: jobs.prefix(shown).reversed(), more: jobs.count > shown ? true : nil)
    }
}
