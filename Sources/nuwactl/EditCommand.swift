import ArgumentParser
import Control
import Foundation
import Imports
import Installation
import Jobs
import Reports
import Scripts
import Terminal

struct EditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Make a job's film again from an edited script.",
        discussion: """
            Drops FILE under the name of the job's script, which makes a new job: keyframes whose prompts are the same stay as they are, \
            and segments that nothing has changed for are found, not made. Dropping an edited script of the same name does the same.
            """)

    @Argument(help: "The job's number, or its script's name.")
    var job: JobSelector

    @Argument(help: "The edited script; `-` reads from stdin.")
    var file: ScriptFile

    @OptionGroup var options: InstallationOptions

    private static let patience = Duration.seconds(60)

    func run() async throws {
        let client = options.client
        let before = try await client.job(try await job.number(from: client), brief: true)
        let newest =
            try await client.jobs(JobQuery(name: before.name, newestFirst: true, limit: 1)).first?.id ?? before.id
        let text = try file.read()
        // What is wrong with it is told here and now, not in a file in the spool.
        try check(text, of: before)
        guard let spool = try await client.status(jobs: 0).daemon?.spool else { throw NoSpool() }
        // Written beside its place, then renamed: nuwad takes it whole.
        let folder = URL(filePath: spool, directoryHint: .isDirectory)
        let part = folder.appending(path: ".\(before.name).\(getpid()).part")
        try text.write(to: part)
        guard rename(part.path, folder.appending(path: before.name).path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(part.path)
            throw NotDropped(path: folder.path, reason: reason)
        }
        let made = try await waitForJob(named: before.name, after: newest, folder, client)
        if options.json { return try Output.json(made) }
        Output.say(JobText(style: Output.style).block(made))
    }

    private func check(_ text: Data, of job: JobReport) throws {
        let configuration = try Configuration.read(options.paths.configuration, required: false)
        do {
            _ = try Script.read(text, name: job.name, limits: configuration.limits)
        } catch {
            Output.complain(error.description)
            throw ExitStatus.failure
        }
    }

    private func waitForJob(
        named name: String, after newest: Int64, _ folder: URL, _ client: ControlClient
    ) async throws -> JobReport {
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            let query = JobQuery(name: name, after: newest, newestFirst: true, limit: 1)
            if let job = try await client.jobs(query).first { return job }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw NotDropped(
            path: folder.path,
            reason: "no job has come of it; `nuwactl status` and the folder rejected/ there may tell why")
    }

    private struct NoSpool: Error, CustomStringConvertible {
        let description = "nuwad does not say where its spool is"
    }

    private struct NotDropped: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "the script was not taken at \(path): \(reason)" }
    }
}
