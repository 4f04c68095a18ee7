import ArgumentParser
import Commissions
import Console
import Diffusion
import Files
import Foundation
import Imports
import Installation
import Models
import Scripts
import Terminal

/// Which script a command renders, with which model.
struct ScriptOptions: ParsableArguments {
    @Argument(help: "The script.", completion: .file())
    var script: String

    @Option(
        help: ArgumentHelp(
            "The model: a name, or a directory (with a / in it). Default: the script's, else cartoon.",
            valueName: "model"))
    var model: String?

    @Option(help: "Type of the activations: automatic, f32 or bf16.")
    var precision: Precision = .automatic

    /// Reads both; warnings go to stderr.
    func commission() throws -> (Commission, Model) {
        let name = URL(filePath: script).lastPathComponent
        let data = try WholeFile.read(URL(filePath: script))
        let (asked, warnings) = try Script.read(data, name: name, limits: .workbench)
        let modelName = model ?? asked.model ?? Configuration().model.name
        let directory = try Paths().models.directory(of: modelName, remedy: "name its directory with --model ./DIR")
        let model = try Model.load(directory: directory, precision: precision)
        let commission = try Commission(
            asked, text: String(decoding: data, as: UTF8.self), warnings: warnings, model: model.configuration)
        for warning in commission.warnings { Output.complain(warning.rendered()) }
        return (commission, model)
    }
}
