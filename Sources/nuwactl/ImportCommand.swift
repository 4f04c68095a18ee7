import ArgumentParser
import Console
import Foundation
import Imports
import Installation
import Reports
import Scripts
import Terminal

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Print a file of another format as a script.",
        discussion: """
            Reads subtitles (.srt, .vtt), prompts by frame as Deforum and FizzNodes have them, FramePack's [1s: ...], and plain \
            text with a prompt a line. nuwad takes all of them as they are; this is for what they do not say, such as the film's \
            length, and to go on writing by hand. What means nothing to nuwa is told on stderr. Needs no daemon; `-` reads from \
            stdin.
            """)

    @Argument(help: "The file.")
    var file: ScriptFile

    @Option(help: ArgumentHelp("How long the film is, as 2m20s, whatever the file says.", valueName: "time"))
    var length: String?

    @Option(help: ArgumentHelp("The same as a number of frames.", valueName: "count"))
    var frames: String?

    @Option(help: ArgumentHelp("Frames per second.", valueName: "number"))
    var fps: String?

    @Option(help: ArgumentHelp("Where the noise starts.", valueName: "number"))
    var seed: String?

    @Option(help: ArgumentHelp("The model.", valueName: "name"))
    var model: String?

    @OptionGroup var configured: ConfigurationOptions

    @OptionGroup var options: InstallationOptions

    func validate() throws {
        guard length == nil || frames == nil else { throw ValidationError("give --length or --frames, not both") }
        _ = try settings()
    }

    func run() throws {
        let configuration = try configured.read(options.paths)
        do {
            let (script, warnings) = try Script.read(
                try file.read(), name: file.name, limits: configuration.limits, overrides: try settings())
            if options.json {
                return try Output.json(JSON(script: script.text, findings: warnings.map(Finding.init)))
            }
            for warning in warnings { Output.complain(warning.rendered() + "\n") }
            Output.write(Data(script.text.utf8))
        } catch let errors as ScriptErrors {
            if options.json {
                try Output.json(JSON(script: nil, findings: errors.diagnostics.map(Finding.init)))
            } else {
                Output.complain(errors.description)
            }
            throw ExitStatus.failure
        }
    }

    /// What the options say.
    func settings() throws -> ScriptSettings {
        var settings = ScriptSettings()
        let given: [(SettingName, String?)] = [
            (.length, length), (.frames, frames), (.fps, fps), (.seed, seed), (.model, model),
        ]
        for (setting, value) in given {
            guard let value else { continue }
            do {
                try settings.set(setting, to: value)
            } catch {
                throw ValidationError("--\(setting.rawValue): \(error)")
            }
        }
        return settings
    }

    /// The contract is in `docs/json.md`.
    struct JSON: Encodable {
        /// In nuwa's own format; nil where the file cannot be read so.
        let script: String?
        let findings: [Finding]
    }
}
