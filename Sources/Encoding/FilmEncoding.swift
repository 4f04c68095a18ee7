/// How films are encoded, in x264's words. The initial values are nuwa's defaults.
package struct FilmEncoding: Sendable, Equatable {
    /// Constant rate factor: 1 is huge, 18 hardly to be told from the original, 51 worst. 0 would be lossless, which is no longer profile
    /// High.
    package var crf: Int
    /// How long x264 may think: slower ones make smaller files.
    package var preset: String

    package static let crfs = 1...51
    package static let presets = [
        "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo",
    ]

    package static let standard = FilmEncoding(crf: 18, preset: "medium")

    package init(crf: Int, preset: String) {
        self.crf = crf
        self.preset = preset
    }
}
