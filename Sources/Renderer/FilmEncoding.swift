/// How films are encoded, where it is not given by the model or the script.
package struct FilmEncoding: Sendable, Equatable {
    /// x264's constant rate factor: lower is better and larger.
    package var crf: Int
    /// x264's preset: how long it may think.
    package var preset: String

    package init(crf: Int = 18, preset: String = "medium") {
        self.crf = crf
        self.preset = preset
    }
}
