import ArgumentParser
import Control

struct PriorityCommand: VerbCommand {
    static let configuration = CommandConfiguration(
        commandName: "priority", abstract: "Give jobs another priority, -100 to 100; higher goes first.",
        discussion: """
            It counts among the jobs of one owner: owners take turns, whatever the priorities of their jobs. \
            `nuwactl priority picnic 10`, `nuwactl priority --state queued -- -5`.
            """)

    @Argument(help: "JOB... and the priority, which comes last.")
    var jobsAndPriority: [String]

    @Flag(help: "All jobs that are not over.")
    var all = false

    @Option(help: ArgumentHelp("All jobs in this state; may be given several times.", valueName: "state"))
    var state: [String] = []

    @OptionGroup var options: InstallationOptions

    func validate() throws {
        guard let last = jobsAndPriority.last, let number = Int(last), JobVerb.priorities.contains(number) else {
            throw ValidationError("the last word is the priority, a number from -100 to 100")
        }
        _ = try parsedSelection()
    }

    private func parsedSelection() throws -> SelectionOptions {
        try SelectionOptions.parse(
            Array(jobsAndPriority.dropLast()) + (all ? ["--all"] : []) + state.flatMap { ["--state", $0] })
    }

    // Both were validated.
    var verb: JobVerb { .priority(jobsAndPriority.last.flatMap { Int($0) } ?? 0) }
    var selection: SelectionOptions { (try? parsedSelection()) ?? SelectionOptions() }
}
