import ArgumentParser
import Control
import Reports
import Terminal

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Put a failed or cancelled job back into the queue.",
        discussion: "Segments that it finished before are kept and not made again.")

    @Argument(help: "The job's number, or its script's name.")
    var job: JobSelector

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let client = options.client
        let report = try await client.retry(try await job.number(from: client))
        if options.json { return try Output.json(report) }
        Output.say(JobText(style: Output.style).block(report))
    }
}
