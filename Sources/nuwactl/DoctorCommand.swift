import ArgumentParser

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this machine will do: processor, limits, disks, model, and the time for a film.",
        discussion: "Hands over to `nuwa doctor`, which computes a few steps to tell; its --help says more.")

    @OptionGroup var configured: ConfigurationOptions

    @OptionGroup var options: InstallationOptions

    func run() throws {
        try Workbench.become(arguments)
    }

    /// For `nuwa`.
    var arguments: [String] {
        let values = [("--root", options.root), ("--config", configured.config)]
        return ["doctor"] + values.flatMap { name, value in value.map { [name, $0] } ?? [] }
            + (options.json ? ["--json"] : [])
    }
}
