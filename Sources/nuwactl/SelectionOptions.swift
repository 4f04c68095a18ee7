import ArgumentParser
import Console
import Control
import Jobs
import Reports
import Terminal

/// Which jobs a command is about. The same words for every command.
struct SelectionOptions: ParsableArguments {
    @Argument(help: "The number of a job, or the name of its script: then its newest job.")
    var jobs: [JobSelector] = []

    @Flag(help: "All jobs for which it makes sense.")
    var all = false

    @Flag(help: "All jobs that failed: the same as --state failed.")
    var allFailed = false

    @Option(help: ArgumentHelp("All jobs in this state; may be given several times.", valueName: "state"))
    var state: [JobState.Name] = []

    var states: Set<JobState.Name> { Set(state).union(allFailed ? [.failed] : []) }

    func validate() throws {
        guard [!jobs.isEmpty, all, !states.isEmpty].count(where: \.self) == 1 else {
            throw ValidationError("name jobs, or give --all, --all-failed or --state STATE")
        }
    }

    /// The numbers of the jobs that are named.
    func numbers(from client: ControlClient) async throws -> [Int64] {
        var numbers: [Int64] = []
        for job in jobs { numbers.append(try await job.number(from: client)) }
        return numbers
    }
}

extension JobState.Name: ExpressibleByArgument {}

/// A command that has a verb happen to jobs.
protocol VerbCommand: AsyncParsableCommand {
    var verb: JobVerb { get }
    var selection: SelectionOptions { get }
    var options: InstallationOptions { get }
}

extension VerbCommand {
    func run() async throws { try await perform(selection) }

    /// Answers with the job where one was named, else with what became of all.
    func perform(_ selection: SelectionOptions) async throws {
        let client = options.client
        let numbers = try await selection.numbers(from: client)
        if numbers.count == 1 {
            let report = try await client.steer(verb, numbers[0])
            if options.json { return try Output.json(report) }
            return Output.say(JobText(style: Output.style).block(report))
        }
        let report = try await client.steer(
            verb, selection.all ? .all : numbers.isEmpty ? .states(selection.states) : .numbers(numbers))
        if options.json {
            try Output.json(report)
        } else {
            Output.say(Self.text(report))
        }
        for refusal in report.refused { Output.complain("nuwactl: \(refusal.error)\n") }
        if !report.refused.isEmpty { throw ExitStatus.failure }
    }

    private static func text(_ report: SteeringReport) -> String {
        switch report.changed.count {
        case 0: "no job"
        case 1...20: "jobs " + report.changed.map(String.init).joined(separator: ", ")
        default: "\(report.changed.count) jobs"
        }
    }
}
