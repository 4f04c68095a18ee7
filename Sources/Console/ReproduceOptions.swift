package import ArgumentParser

/// What `nuwa reproduce` is asked, and `nuwactl reproduce`, which hands it over.
package struct ReproduceOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The film.", valueName: "film.mp4"), completion: .file(extensions: ["mp4"]))
    package var film: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Keep the film made anew.", valueName: "new.mp4"), completion: .file())
    package var output: String?

    @Option(
        help: ArgumentHelp(
            "The film's script, where it was too long to be in the film.", valueName: "file"), completion: .file())
    package var script: String?

    @Flag(help: "Render even where the bytes cannot be the same, and tell how far the pictures are apart.")
    package var anyway = false

    package init() {}
}
