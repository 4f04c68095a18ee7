import ArgumentParser
import Control

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a job for good. `retry` takes it up again.")

    @Argument(help: "The job's number, or its script's name.")
    var job: JobSelector

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let client = options.client
        let report = try await client.cancel(try await job.number(from: client))
        if options.json { return try Terminal.json(report) }
        Terminal.say(JobText(style: Terminal.style).block(report))
    }
}
