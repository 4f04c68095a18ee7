import ArgumentParser
import Control
import Foundation
import Installation

/// Which installation a command is about, and how it answers.
struct InstallationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The installation under DIR instead of the system's, as `nuwad --root DIR`.", valueName: "dir"),
        completion: .directory)
    var root: String?

    @Option(help: ArgumentHelp("The daemon's control socket, where it is not in its usual place.", valueName: "path"))
    var socket: String?

    @Flag(help: "Answer in JSON (docs/json.md): that alone on stdout, all else on stderr.")
    var json = false

    var paths: Paths { Paths(root: root.map { URL(filePath: $0, directoryHint: .isDirectory) }) }

    var client: ControlClient { ControlClient(socket: socketURL) }

    var socketURL: URL { socket.map { URL(filePath: $0) } ?? paths.socket }
}
