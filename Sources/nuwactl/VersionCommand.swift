import ArgumentParser
import Console
import Installation
import Reports
import Terminal

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "The version of nuwactl.")

    @Flag(help: "Answer in JSON.")
    var json = false

    func run() throws {
        if json { return try Output.json(["version": NuwaVersion.current]) }
        Output.say(NuwaVersion.current)
    }
}
