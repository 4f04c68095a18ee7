import ArgumentParser
import Control

struct HoldCommand: VerbCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keep jobs back until they are released.",
        discussion:
            """
            A job whose keyframes are being made stops when they are there, for `nuwactl approve` or `nuwactl reseed`; any other one \
            that is at work is left after the step at hand. What it finished is kept. It stays held across restarts.
            """
    )

    @Flag(help: "Leave it after the step at hand even while its keyframes are being made.")
    var now = false

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var options: InstallationOptions

    var verb: JobVerb { .hold(now: now) }
}
