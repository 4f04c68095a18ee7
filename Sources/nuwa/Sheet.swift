import ArgumentParser
import Foundation
import Pictures
import RenderPlan
import Script
import Terminal
import Video

/// `nuwa sheet`: a film at a glance.
struct Sheet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet",
        abstract: "Draw evenly spaced frames of a film on one picture.")

    @Argument(help: ArgumentHelp("The film.", valueName: "film"))
    var film: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The PNG to write.", valueName: "png"))
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
        try contactSheet(of: URL(filePath: film), frames: frames, columns: columns).writePNG(to: URL(filePath: output))
    }
}

/// Evenly spaced frames of a film from its first to its last, each labelled with its time and number.
func contactSheet(of film: URL, frames: Int, columns: Int) throws -> Image {
    let facts = try Film.probe(film)
    guard facts.frames > 0, facts.fps > 0 else { throw Complaint("\(film.path) does not say how many frames it has") }
    let count = min(frames, facts.frames)
    let chosen = (0..<count).map { count == 1 ? 0 : $0 * (facts.frames - 1) / (count - 1) }
    let reader = try VideoReader(film)
    let fps = Int(facts.fps.rounded())
    var sheet = ContactSheet(
        columns: columns,
        title: "\(film.lastPathComponent), \(facts.frames) frames, \(lengthText(frames: facts.frames, fps: fps))")
    for frame in chosen {
        try reader.skip(frame - reader.position)
        guard let image = try reader.next() else { break }
        sheet.add(image, label: "\(Timecode(frame: frame, fps: fps).tabular)  f\(frame)")
    }
    return try sheet.image()
}
