import ArgumentParser
import Console
import Control
import Glibc
import Jobs
import Reports
import Terminal

struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Let nuwad finish the jobs that run, begin none, and stop. For admins.",
        discussion: """
            Returns when nuwad has stopped, which takes as long as the jobs that run; interrupt it, and the drain goes on. \
            `nuwactl resume` calls it off. All other jobs wait for the next start; after a `nuwactl pause`, for `nuwactl resume` then.
            """)

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let client = options.client
        let begun: StatusReport = try await client.change(.drain)
        var report = begun
        while report.mode.name == .draining {
            try await Task.sleep(for: .milliseconds(500))
            // Where systemd listens in its place, a question would start it again.
            guard let pid = begun.daemon?.pid, Self.lives(pid) else { return try tell(begun) }
            do {
                let now = try await client.status(jobs: 0)
                guard now.daemon?.pid == pid else { return try tell(begun) }
                report = now
            } catch let error as ControlClientError where error.isPassing {
                // It is about to stop, or busy: whether it lives tells.
            }
        }
        Output.complain("nuwactl: the drain was called off: nuwad is \(report.mode.name)\n")
        throw ExitStatus.failure
    }

    private func tell(_ report: StatusReport) throws {
        if options.json { return try Output.json(report) }
        Output.say("nuwad has ended what ran, and stopped")
    }

    /// Whether the process is there; EPERM says that it is somebody else's.
    private static func lives(_ pid: Int32) -> Bool { kill(pid, 0) == 0 || errno == EPERM }
}
