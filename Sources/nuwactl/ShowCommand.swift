import ArgumentParser
import Console
import Control
import Files
import Foundation
import Reports
import Terminal

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Everything about one job.",
        discussion: """
            With --sheet, a contact sheet: of the film, else of the finest depth that is whole, such as the keyframes. A terminal that \
            speaks kitty's protocol for pictures, or sixel, shows it as well.
            """)

    @Argument(help: "The job's number, or its script's name.")
    var job: JobSelector

    @Option(help: ArgumentHelp("Draw what there is so far into this PNG.", valueName: "file"), completion: .file())
    var sheet: String?

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        if let sheet { return try await draw(to: URL(filePath: sheet)) }
        let report = try await JobSource(options).job(job)
        if options.json { return try Output.json(report) }
        Output.say(JobText(style: Output.style).page(report))
    }

    private func draw(to file: URL) async throws {
        let client = options.client
        let png = try await client.sheet(of: job.number(from: client))
        try DurableFile.write(png, to: file)
        if options.json { return try Output.json(["sheet": file.path]) }
        try TerminalPicture.show(png)
        Output.say("contact sheet: \(file.path)")
    }
}
