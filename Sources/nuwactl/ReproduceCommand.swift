import ArgumentParser
import Console
import Foundation
import Installation

struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce", abstract: "Render a film again from what it says of itself, and compare the bytes.",
        discussion: """
            Hands over to `nuwa reproduce`, which computes here and now, not in nuwad; its --help tells more. Another model or \
            processor is named before anything is rendered.
            """)

    @OptionGroup var asked: ReproduceOptions

    @OptionGroup var options: InstallationOptions

    func run() throws { try Workbench.become(arguments) }

    /// For `nuwa`.
    var arguments: [String] {
        let values = [("--output", asked.output), ("--script", asked.script), ("--root", options.root)]
        let flags = [("--anyway", asked.anyway), ("--json", options.json)]
        return ["reproduce", asked.film] + values.flatMap { name, value in value.map { [name, $0] } ?? [] }
            + flags.compactMap { name, isSet in isSet ? name : nil }
    }
}
