import ArgumentParser
import Console
import Control
import Jobs
import Reports
import Terminal

struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Let nuwad finish the jobs that run, begin none, and stop. For admins.",
        discussion: """
            Returns when nuwad has stopped, which takes as long as the jobs that run; interrupt it, and the drain goes on. \
            `nuwactl resume` calls it off. All other jobs wait for the next start.
            """)

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let client = options.client
        var report: StatusReport = try await client.change(.drain)
        do {
            while report.mode.name == .draining {
                try await Task.sleep(for: .milliseconds(500))
                report = try await client.status(jobs: 0)
            }
        } catch let error as ControlClientError where error.isNotRunning || error.isCutOff {
            if options.json { return try Output.json(report) }
            return Output.say("nuwad has ended what ran, and stopped")
        }
        Output.complain("nuwactl: the drain was called off: nuwad is \(report.mode.name)\n")
        throw ExitStatus.failure
    }
}
