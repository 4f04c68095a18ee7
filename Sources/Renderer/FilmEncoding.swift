/// How films are encoded, where it is not given by the model or the script.
public struct FilmEncoding: Sendable, Equatable {
    /// x264's constant rate factor: lower is better and larger.
    public var crf: Int
    /// x264's preset: how long it may think.
    public var preset: String

    public init(crf: Int = 18, preset: String = "medium") {
        self.crf = crf
        self.preset = preset
    }
}
