import ArgumentParser
import Control

struct CancelCommand: VerbCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop jobs for good. `retry` takes them up again.")

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var options: InstallationOptions

    var verb: JobVerb { .cancel }
}
