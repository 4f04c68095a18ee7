import ArgumentParser
import Installation

/// The operator's command. One file per subcommand; most ask the daemon over its control socket.
@main
struct NuwaCtl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nuwactl",
        abstract: "See and steer the films that nuwad renders.",
        discussion: """
            Drop a script into the spool and follow it with `nuwactl watch`. JOB is a number, or the name of a script: then \
            its newest job is meant.

            Exit status: 0 well; 1 an error; 2 wrong usage; 3 no daemon answers; 4 no such job; 5 a job that was watched \
            or waited for failed or was cancelled. status, list, show and logs read the database where no daemon answers.
            """,
        version: NuwaVersion.current,
        subcommands: [
            StatusCommand.self, ListCommand.self, ShowCommand.self, LogsCommand.self, WatchCommand.self,
            WaitCommand.self, CancelCommand.self, RetryCommand.self, HoldCommand.self, ReleaseCommand.self,
            ApproveCommand.self, ReseedCommand.self, EditCommand.self, PriorityCommand.self, PageCommand.self,
            PauseCommand.self, ResumeCommand.self, DrainCommand.self, CleanCommand.self,
            CheckCommand.self, ImportCommand.self, ReproduceCommand.self, DoctorCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: StatusCommand.self)

    /// `--root DIR list` as `list --root DIR`: options that stand before the subcommand would be taken for those of `status`.
    static func subcommandFirst(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        while let first = rest.first, first.hasPrefix("-") {
            let takesValue = ["--root", "--socket", "--jobs", "--generate-completion-script"].contains(first)
            rest = rest.dropFirst(takesValue ? 2 : 1)
        }
        guard let name = rest.first else { return arguments }
        return [name] + arguments[..<rest.startIndex] + rest.dropFirst()
    }

    static func main() async {
        do {
            var command = try parseAsRoot(subcommandFirst(Array(CommandLine.arguments.dropFirst())))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            ExitStatus.leave(after: error)
        }
    }
}
