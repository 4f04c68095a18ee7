import ArgumentParser
import Control

struct RetryCommand: VerbCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Put failed or cancelled jobs back into the queue.",
        discussion: "Segments that they finished before are kept and not made again.")

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var options: InstallationOptions

    var verb: JobVerb { .retry }
}
