import ArgumentParser

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this machine will do: processor, limits, disks, model, and the time for a film.",
        discussion: "Hands over to `nuwa doctor`, which computes a few steps to tell; its --help says more.")

    @OptionGroup var options: InstallationOptions

    func run() throws {
        let root = options.root.map { ["--root", $0] } ?? []
        try Workbench.become(["doctor"] + root + (options.json ? ["--json"] : []))
    }
}
