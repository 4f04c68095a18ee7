import ArgumentParser
import Console
import Control
import Plans
import Reports
import Terminal

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "What happened to a job.",
        discussion: "Every change of its state, from the database. `journalctl NUWA_JOB=17` has each segment as well.")

    @Argument(help: "The job's number, or its script's name.")
    var job: JobSelector

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let events = try await JobSource(options).events(of: job)
        if options.json { return try Output.json(events) }
        let style = Output.style
        Output.say(
            events.events.map { event in
                let place = event.depth.map { depth in " \(SegmentID(depth: depth, index: event.segment ?? 0))" } ?? ""
                return "\(style.time(event.time))  \((event.kind + place).padded(to: 12))  \(event.message)"
            }.joined(separator: "\n"))
    }
}
