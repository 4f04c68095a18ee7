import ArgumentParser
import Console
import Control
import Files
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

            The job must be yours, and the newest of its name whose keyframes are there: from that one an edit takes over.
            """)

    @Argument(help: "The job's number, or its script's name.")
    var job: JobSelector

    @Argument(help: "The edited script; `-` reads from stdin.")
    var file: ScriptFile

    @OptionGroup var configured: ConfigurationOptions

    @OptionGroup var options: InstallationOptions

    private static let patience = Duration.seconds(60)

    func run() async throws {
        let client = options.client
        let before = try await client.job(try await job.number(from: client), brief: true)
        let named = try await client.jobs(JobQuery(name: before.name, newestFirst: true))
        try checkBase(before, named)
        let text = try file.read()
        // What is wrong with it is told here and now, not in a file in the spool.
        try check(text, of: before)
        guard let spool = try await client.status(jobs: 0).daemon?.spool else { throw NoSpool() }
        let folder = URL(filePath: spool, directoryHint: .isDirectory)
        // nuwad takes it whole.
        do {
            try DurableFile.write(text, to: folder.appending(path: before.name))
        } catch {
            throw NotDropped(path: folder.path, reason: "\(error)")
        }
        let made = try await waitForJob(named: before.name, after: named.first?.id ?? before.id, folder, client)
        if options.json { return try Output.json(made) }
        let words = JobText(style: Output.style)
        Output.say(words.block(made))
        Output.say("      " + (words.edit(made).map { "an edit of \($0)" } ?? Self.nothingTaken(from: before)))
    }

    /// nuwad takes over from the newest job of whoever drops whose keyframes are there: that must be this one, or none.
    /// - Parameter named: jobs of that name, newest first
    private func checkBase(_ job: JobReport, _ named: [JobReport]) throws {
        let me = UserName.of(getuid())
        guard job.owner == me else { throw NotYours(job: job.id, owner: job.owner, me: me) }
        // The query knows names without their ending too.
        let base = named.first { $0.name == job.name && $0.owner == me && $0.depths.first?.done ?? 0 > 0 }
        if let base, base.id != job.id { throw NotTheBase(job: job.id, base: base.id, name: job.name) }
    }

    private static func nothingTaken(from job: JobReport) -> String {
        job.depths.first?.done == 0
            ? "nothing is taken over from job \(job.id): its keyframes are not made yet"
            : "nothing is taken over from job \(job.id): length or seed is another, or every keyframe's prompt has changed"
    }

    private func check(_ text: Data, of job: JobReport) throws {
        let configuration = try configured.read(options.paths)
        do {
            _ = try CheckReport(script: text, name: job.name, configuration: configuration, paths: options.paths)
        } catch let errors as ScriptErrors {
            Output.complain(errors.description)
            throw ExitStatus.failure
        }
    }

    private func waitForJob(
        named name: String, after newest: Int64, _ folder: URL, _ client: ControlClient
    ) async throws -> JobReport {
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            let query = JobQuery(name: name, after: newest, newestFirst: true, limit: 1)
            if let job = try await client.jobs(query).first { return try await client.job(job.id) }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw NotDropped(
            path: folder.path,
            reason: "no job has come of it; `nuwactl status` and the folder rejected/ there may tell why")
    }

    private struct NotYours: Error, CustomStringConvertible {
        let job: Int64
        let owner: String
        let me: String

        var description: String {
            """
            job \(job) is of \(owner): an edit takes over from jobs of whoever drops it, and \(me) would get a film from scratch; ask \
            \(owner), or as root `runuser -u \(owner) -- nuwactl edit \(job) FILE`
            """
        }
    }

    private struct NotTheBase: Error, CustomStringConvertible {
        let job: Int64
        let base: Int64
        let name: String

        var description: String {
            """
            an edit would take over from job \(base), the newest of \(name) whose keyframes are there, not from job \(job); \
            `nuwactl edit \(base) FILE`, or drop FILE under another name for a film of its own
            """
        }
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
