import ArgumentParser
import Control

struct ApproveCommand: VerbCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Have jobs go on past their keyframes.",
        discussion: """
            For jobs that stop at their keyframes, because their script says `hold`, nuwad.toml `approve = true`, or somebody \
            `nuwactl hold`. `nuwactl show JOB --sheet FILE` draws the keyframes. One that is not there yet does not stop at all.
            """)

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var options: InstallationOptions

    var verb: JobVerb { .approve }
}
