import ArgumentParser
import Reports
import Terminal

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Everything about one job.")

    @Argument(help: "The job's number, or its script's name.")
    var job: JobSelector

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let report = try await JobSource(options).job(job)
        if options.json { return try Output.json(report) }
        Output.say(JobText(style: Output.style).page(report))
    }
}
