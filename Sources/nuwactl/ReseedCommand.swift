import ArgumentParser
import Control
import Plans

struct ReseedCommand: VerbCommand {
    static let configuration = CommandConfiguration(
        commandName: "reseed", abstract: "Make the keyframes of held jobs again, or one of them.",
        discussion: """
            The job stops again when they are there. With --keyframe the others stay as they are, and the new one is made to agree \
            with them; the seed is then for that keyframe alone, else it becomes the job's.
            """)

    @Option(help: ArgumentHelp("Only this one; the first is 1. The contact sheet tells the numbers.", valueName: "n"))
    var keyframe: Int?

    @Option(help: ArgumentHelp("Where the noise starts; the next number when not given.", valueName: "s"))
    var seed: UInt64?

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var options: InstallationOptions

    func validate() throws {
        if let keyframe, !(1...RenderPlan.segmentFrameRange.upperBound).contains(keyframe) {
            throw ValidationError("--keyframe \(keyframe): keyframes are numbered from 1")
        }
    }

    var verb: JobVerb { .reseed(keyframe: keyframe.map { $0 - 1 }, seed: seed) }
}
