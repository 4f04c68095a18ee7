import ArgumentParser
import Control

struct HoldCommand: VerbCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keep jobs back until they are released.",
        discussion:
            "A job that is at work is left after the step at hand; what it finished is kept. It stays held across restarts."
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var options: InstallationOptions

    var verb: JobVerb { .hold }
}
