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
        var sheet = ContactSheet(
            columns: columns, title: "\(title), \(total) frames, \(lengthText(frames: total, fps: fps))")
        let count = min(frames, total)
        for frame in (0..<count).map({ count == 1 ? 0 : $0 * (total - 1) / (count - 1) }) {
            guard let image = try reader.frame(frame) else { break }
            sheet.add(image, label: "\(Timecode(frame: frame, fps: fps).tabular)  f\(frame)")
        }
        self.sheet = sheet
    }

    package func image() throws -> Image { try sheet.image() }
}
