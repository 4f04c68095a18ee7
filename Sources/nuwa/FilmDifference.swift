import Foundation
import Pictures
import Video

/// How a film differs from another, as far as people care.
struct FilmDifference: Encodable, CustomStringConvertible {
    /// Frames whose pictures differ.
    let frames: Int
    /// The first of them.
    let first: Int?
    /// The largest difference of a colour of a pixel, 0 to 255.
    let largest: Int

    /// nil where both have the same bytes.
    init?(_ one: URL, _ other: URL) throws {
        guard !FileManager.default.contentsEqual(atPath: one.path, andPath: other.path) else { return nil }
        let readers = try (VideoReader(one), VideoReader(other))
        var frames = 0
        var first: Int?
        var largest = 0
        var number = 0
        while true {
            let pair = try (readers.0.next(), readers.1.next())
            if pair.0 == nil, pair.1 == nil { break }
            if pair.0 != pair.1 {
                frames += 1
                first = first ?? number
                largest = max(largest, Self.largest(pair.0, pair.1))
            }
            number += 1
        }
        self.frames = frames
        self.first = first
        self.largest = largest
    }

    private static func largest(_ one: Image?, _ other: Image?) -> Int {
        guard let one, let other, one.pixels.count == other.pixels.count else { return 255 }
        return zip(one.pixels, other.pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
    }

    var description: String {
        guard let first else { return "the bytes differ, all pictures are the same" }
        return "the films differ: \(frames) pictures, the first at frame \(first), by at most \(largest) of 255"
    }
}
