/// Why a picture could not be drawn, read or written, in a sentence for people.
package struct PictureError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
