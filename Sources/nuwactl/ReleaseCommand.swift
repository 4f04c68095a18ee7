import ArgumentParser
import Control

struct ReleaseCommand: VerbCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Put held jobs back into the queue.")

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var options: InstallationOptions

    var verb: JobVerb { .release }
}
