import ArgumentParser
import Installation

/// The workbench: everything that can be done without a daemon.
@main
struct Nuwa: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nuwa",
        abstract: "Render films, look at them, make corpora, train, measure.",
        version: NuwaVersion.current,
        subcommands: [
            Render.self, StoryboardCommand.self, PlanCommand.self, Reproduce.self, Doctor.self, SegmentCommand.self,
            Sheet.self,
            CartoonGroup.self, LatentsCommand.self,
            TrainGroup.self,
            EvaluateCommand.self, CompareCommand.self, Bench.self,
        ])
}
