import ArgumentParser
import Foundation
import Installation
import Reports
import Script
import Terminal

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read a script as nuwad would, without rendering it.",
        discussion: """
            Prints what is wrong with it, warns of words that the model never saw, and shows the storyboard as each depth \
            will see it. Exits with 1 where nuwad would reject the script. Limits are those of the configuration. Needs no \
            daemon; `-` reads from stdin.
            """)

    @Argument(help: "The script.")
    var file: String

    @OptionGroup var options: InstallationOptions

    func run() throws {
        let paths = options.paths
        let configuration = try Configuration.read(paths.configuration, required: false)
        let data = file == "-" ? FileHandle.standardInput.readDataToEndOfFile() : try read(file)
        let name = file == "-" ? "stdin" : URL(filePath: file).lastPathComponent
        let report: CheckReport
        do {
            report = try CheckReport(script: data, name: name, configuration: configuration, paths: paths)
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
        Output.say(report.storyboardText)
    }

    private func read(_ file: String) throws -> Data {
        guard (try? FileManager.default.attributesOfItem(atPath: file))?[.type] as? FileAttributeType != .typeDirectory
        else {
            throw FileUnreadable(file: file, reason: "it is a folder; name the script in it")
        }
        do {
            return try Data(contentsOf: URL(filePath: file))
        } catch {
            throw FileUnreadable(
                file: file, reason: (error as NSError).localizedFailureReason ?? error.localizedDescription)
        }
    }
}

struct FileUnreadable: Error, CustomStringConvertible {
    let file: String
    let reason: String

    var description: String { "cannot read \(file): \(reason)" }
}
