import ArgumentParser
import Console
import Terminal

/// `nuwa doctor`: what this machine will do.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this machine will do: processor, limits, disks, model, and the time for a film.",
        discussion: """
            Looks at what nuwad would have, and computes a few steps to tell how long a film of 226 frames takes; while nuwad renders, \
            that is longer than it will be.

            Exit status: 0 nuwad can work here; 1 it cannot, or only badly; 2 wrong usage.
            """)

    @Option(
        help: ArgumentHelp("The installation under DIR instead of the system's.", valueName: "dir"),
        completion: .directory)
    var root: String?

    @Option(
        help: ArgumentHelp(
            "The configuration file; etc/nuwa/nuwad.toml under / or DIR when not given.", valueName: "file"),
        completion: .file())
    var config: String?

    @Flag(help: "Answer in JSON (docs/json.md).")
    var json = false

    func run() throws {
        try complaining {
            let checks = try Checkup(root: root, config: config).checks()
            if json {
                try Output.json(["checks": checks])
            } else {
                Output.say(text(checks))
            }
            if checks.contains(where: { $0.verdict == .bad }) { throw ExitCode.failure }
        }
    }

    private func text(_ checks: [Checkup.Check]) -> String {
        let style = Output.style
        return checks.map { check in
            let mark =
                switch check.verdict {
                case .good: ""
                case .warning: style.paint("warning: ", .yellow)
                case .bad: style.paint("bad: ", .red)
                }
            let remedy = check.remedy.map { "\n" + "".padded(to: 11) + "help: \($0)" } ?? ""
            return check.name.padded(to: 11) + mark + check.text + remedy
        }.joined(separator: "\n")
    }
}
