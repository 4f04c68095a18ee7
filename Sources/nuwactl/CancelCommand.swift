import ArgumentParser
import Control
import Reports
import Terminal

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a job for good. `retry` takes it up again.")

    @Argument(help: "The job's number, or its script's name.")
    var job: JobSelector

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let client = options.client
        let report = try await client.cancel(try await job.number(from: client))
        if options.json { return try Output.json(report) }
        Output.say(JobText(style: Output.style).block(report))
    }
}
