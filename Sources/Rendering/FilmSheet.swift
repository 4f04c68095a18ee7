package import Foundation
package import Pictures
import Scripts
import Terminal
import Video

/// A film at a glance: evenly spaced frames from its first to its last, each labelled with its time and number.
package struct FilmSheet {
    private let sheet: ContactSheet

    /// - Parameters:
    ///   - title: what to call the film, before its length
    ///   - frames: how many to show
    ///   - columns: frames in a row
    package init(_ film: URL, title: String, frames: Int = 24, columns: Int = 6) throws {
        let facts = try Film.probe(film)
        let reader = try VideoReader(film)
        let total = try reader.frameCount()
        let fps = max(1, Int(facts.fps.rounded()))
        var sheet = ContactSheet(columns: columns, title: FilmSheet.title(title, frames: total, fps: fps))
        let count = min(frames, total)
        for frame in (0..<count).map({ count == 1 ? 0 : $0 * (total - 1) / (count - 1) }) {
            guard let image = try reader.frame(frame) else { break }
            sheet.add(image, label: Self.label(frame, fps: fps))
        }
        self.sheet = sheet
    }

    package func image() throws -> Image { try sheet.image() }

    /// `picnic.mp4, 226 frames, 9.4 s`: what stands above a sheet of a film, or of one that is being made.
    package static func title(_ name: String, frames: Int, fps: Int) -> String {
        "\(name), \(counted(frames, "frame")), \(lengthText(frames: frames, fps: fps))"
    }

    /// `0:01.25  f30`: what stands under a frame.
    package static func label(_ frame: Int, fps: Int) -> String {
        "\(Timecode(frame: frame, fps: fps).tabular)  f\(frame)"
    }
}
