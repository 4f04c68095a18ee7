import ArgumentParser
import Foundation
import Installation

/// What a command goes by that does, without nuwad, what nuwad would do.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "nuwad's configuration file, where it is not etc/nuwa/nuwad.toml under / or DIR, as `nuwad --config FILE`.",
            valueName: "file"),
        completion: .file())
    var config: String?

    func read(_ paths: Paths) throws(ConfigurationError) -> Configuration {
        try paths.readConfiguration(config.map { URL(filePath: $0) })
    }
}
