import ArgumentParser
import Control

struct HoldCommand: VerbCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keep jobs back until they are released.",
        discussion:
            """
            A job whose keyframes are being made stops when they are there, for `nuwactl approve` or `nuwactl reseed`; any other one \
            that is at work is left after the step at hand, and one that waits in the queue waits until it is released. What it \
            finished is kept. It stays held across restarts.

            With --at-keyframes a job that waits in the queue has its turn, and stops when its keyframes are there.
            """
    )

    @Flag(help: "Leave it after the step at hand even while its keyframes are being made.")
    var now = false

    @Flag(help: "Let it go on until its keyframes are there, also from the queue.")
    var atKeyframes = false

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var options: InstallationOptions

    func validate() throws {
        if now, atKeyframes { throw ValidationError("give one of --now and --at-keyframes") }
    }

    var verb: JobVerb { atKeyframes ? .holdAtKeyframes : .hold(now: now) }
}
