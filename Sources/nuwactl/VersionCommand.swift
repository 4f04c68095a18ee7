import ArgumentParser
import Control

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "The version of nuwactl.")

    @Flag(help: "Answer in JSON.")
    var json = false

    func run() throws {
        if json { return try Terminal.json(["version": NuwaVersion.current]) }
        Terminal.say(NuwaVersion.current)
    }
}
