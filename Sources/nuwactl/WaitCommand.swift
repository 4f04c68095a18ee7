import ArgumentParser
import Console
import Control
import Jobs
import Reports
import Terminal

struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until jobs are over, and say nothing.",
        discussion: """
            Exits with 0 when all of them are done, and with 5 where one failed or was cancelled. Selects once, at its start; a \
            daemon that restarts meanwhile is waited for.
            """)

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let client = options.client
        var open = try await selection.numbers(from: client)
        if selection.all { open = try await client.jobs(.init(states: JobState.Name.unfinished)).map(\.id) }
        if !selection.states.isEmpty { open = try await client.jobs(.init(states: selection.states)).map(\.id) }
        var over: [JobReport] = []
        var answered = !open.isEmpty && (selection.all || !selection.states.isEmpty)
        while let next = open.first {
            do {
                let job = try await client.job(next, brief: true)
                answered = true
                if job.state.isOver {
                    over.append(job)
                    open.removeFirst()
                    continue
                }
            } catch let error as ControlClientError where error.isPassing && answered {
                // It comes back, or not: the next question tells.
            }
            try await Task.sleep(for: .milliseconds(500))
        }
        if options.json { try Output.json(JobList(jobs: over)) }
        if over.contains(where: { $0.state != .done }) { throw ExitStatus.jobFailed }
    }
}

extension JobState.Name {
    static var unfinished: Set<JobState.Name> { Set(allCases.filter { !$0.isOver }) }
}
