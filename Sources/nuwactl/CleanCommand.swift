import ArgumentParser
import Console
import Control
import Reports
import Terminal

struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean", abstract: "Remove what finished jobs have left behind, as [retention] says. For admins.",
        discussion: """
            Checkpoints and chunks that no unfinished job may still need, and the files in accepted/ and rejected/. Never films. nuwad \
            does the same every hour.
            """)

    @Flag(help: "Only say what would go.")
    var dryRun = false

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let report = try await options.client.clean(dryRun: dryRun)
        if options.json { return try Output.json(report) }
        let lines = report.removed.map {
            "\($0.reason.padded(to: 4))  \(sizeText($0.bytes).leftPadded(to: 9))  \($0.path)"
        }
        let more = report.files - report.removed.count
        let rest = more > 0 ? ["… and \(more) more"] : []
        let summary =
            "\(dryRun ? "would go" : "removed"): \(counted(report.files, "file")), \(sizeText(report.bytes)); "
            + "\(dryRun ? "would stay" : "kept"): \(counted(report.keptFiles, "file")), \(sizeText(report.keptBytes))"
        Output.say((lines + rest + [summary]).joined(separator: "\n"))
    }
}
