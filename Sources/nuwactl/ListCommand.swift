import ArgumentParser
import Control

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All jobs, oldest first.")

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let jobs = try await JobSource(options).jobs()
        if options.json { return try Terminal.json(JobList(jobs: jobs)) }
        Terminal.say(JobText(style: Terminal.style).table(jobs))
    }
}
