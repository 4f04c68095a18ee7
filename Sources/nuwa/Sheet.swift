import ArgumentParser
import Foundation
import Pictures
import Rendering

/// `nuwa sheet`: a film at a glance.
struct Sheet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet",
        abstract: "Draw evenly spaced frames of a film on one picture.")

    @Argument(help: ArgumentHelp("The film.", valueName: "film"), completion: .file(extensions: ["mp4"]))
    var film: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The PNG to write.", valueName: "png"), completion: .file())
    var output: String

    @Option(help: "How many frames to show.")
    var frames = 24

    @Option(help: "Frames in a row.")
    var columns = 4

    func validate() throws {
        guard (1...1000).contains(frames) else {
            throw ValidationError("--frames \(frames): show from 1 to 1000 frames")
        }
        guard (1...100).contains(columns) else { throw ValidationError("--columns \(columns): from 1 to 100 in a row") }
    }

    func run() throws {
        let film = URL(filePath: film)
        try complaining {
            try FilmSheet(film, title: film.lastPathComponent, frames: frames, columns: columns).image()
                .writePNG(to: URL(filePath: output))
        }
    }
}
