import ArgumentParser
import Console
import Installation
import Reports
import Scripts
import Terminal

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read a script as nuwad would, without rendering it.",
        discussion: """
            Prints what is wrong with it, warns of words that the model never saw, and shows the storyboard as each depth \
            will see it, with seed, priority, and whether the job will stop at its keyframes. Exits with 1 where nuwad would \
            reject the script. Model, limits and `approve` are those of the configuration. Needs no daemon; `-` reads from stdin.
            """)

    @Argument(help: "The script.")
    var file: ScriptFile

    @OptionGroup var configured: ConfigurationOptions

    @OptionGroup var options: InstallationOptions

    func run() throws {
        let paths = options.paths
        let configuration = try configured.read(paths)
        let report: CheckReport
        do {
            report = try CheckReport(
                script: try file.read(), name: file.name, configuration: configuration, paths: paths)
        } catch let errors as ScriptErrors {
            if options.json {
                try Output.json(CheckReport.JSON(errors))
            } else {
                Output.complain(errors.description)
            }
            throw ExitStatus.failure
        }
        if options.json { return try Output.json(CheckReport.JSON(report)) }
        for warning in report.warnings { Output.complain(warning.rendered() + "\n") }
        if let note = report.note { Output.complain("note: \(note)\n") }
        Output.say(report.text)
    }
}
