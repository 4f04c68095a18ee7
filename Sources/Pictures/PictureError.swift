/// Why a picture could not be drawn, read or written, in a sentence for people.
public struct PictureError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
