import Encoding

/// How a film and its chunks are encoded: H.264 High, yuv420p, closed groups of pictures.
package struct VideoFormat: Sendable, Codable, Equatable, CustomStringConvertible {
    /// Pixels; even, 2 … 8192, as H.264 halves the colour planes.
    package var width: Int
    package var height: Int
    /// Frames per second, 1 … 240.
    package var fps: Int
    /// As in ``FilmEncoding``.
    package var crf: Int
    package var preset: String

    package init(
        width: Int, height: Int, fps: Int, crf: Int, preset: String
    ) {
        self.width = width
        self.height = height
        self.fps = fps
        self.crf = crf
        self.preset = preset
    }

    package var description: String { "\(width)x\(height), \(fps) fps, crf \(crf), \(preset)" }

    /// Throws ``VideoError/badFormat(format:reason:)`` unless it can be encoded.
    package func validate() throws {
        func require(_ condition: Bool, _ reason: String) throws {
            guard condition else { throw VideoError.badFormat(format: self, reason: reason) }
        }
        try require(
            width % 2 == 0 && height % 2 == 0 && (2...8192).contains(width) && (2...8192).contains(height),
            "width and height must be even and between 2 and 8192")
        try require((1...240).contains(fps), "fps must be between 1 and 240")
        let crfs = FilmEncoding.crfs
        try require(crfs.contains(crf), "crf must be between \(crfs.lowerBound) and \(crfs.upperBound)")
        try require(
            FilmEncoding.presets.contains(preset),
            "the preset must be one of \(FilmEncoding.presets.joined(separator: ", "))")
    }
}
