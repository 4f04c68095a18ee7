import ArgumentParser
import Corpora
import Evaluation
import Foundation
import Files

/// What `nuwa evaluate` and `nuwa compare` measure with, and where they leave what they find.
struct MeasuringOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which episodes: validation, by which weights and settings may be chosen, test, by which nothing may, or training, which the model may have seen."
        ))
    var split = Split.validation

    @Option(
        name: .customLong("recogniser"), help: ArgumentHelp("The recogniser: its directory.", valueName: "dir"),
        completion: .directory)
    private var recogniserPath = "models/recogniser"

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "Where the tables go; made if missing. Default: evaluation or comparison.", valueName: "dir"),
        completion: .directory)
    private var outputPath: String?

    @Option(
        name: .customLong("cache"),
        help: ArgumentHelp(
            "Where what is made is kept. Default: evaluation or comparison in ~/.cache/nuwa.", valueName: "dir"),
        completion: .directory)
    private var cachePath: String?

    /// - Throws: what ``Recogniser/init(directory:)`` throws.
    func recogniser() throws -> Recogniser {
        try Recogniser(directory: URL(filePath: recogniserPath, directoryHint: .isDirectory))
    }

    /// The folder of the tables, which is there afterwards; called `name` where nobody says otherwise.
    func output(named name: String) throws -> URL {
        let url = URL(filePath: outputPath ?? name, directoryHint: .isDirectory)
        try DurableFile.makeDirectory(url)
        return url
    }

    /// Where what is made is kept; called `name` where nobody says otherwise.
    func cache(named name: String) -> URL {
        (cachePath.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? cacheDirectory.appending(path: name))
            .absoluteURL
    }
}
