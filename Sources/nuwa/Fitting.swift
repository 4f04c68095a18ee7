import Evaluation
import Pictures
import Video

/// Brings pictures, all of one size, to the size that the recogniser reads.
struct Fitting {
    private var resizer: Resizer?

    mutating func fit(_ image: Image) throws -> Image {
        guard (image.width, image.height) != (Recogniser.width, Recogniser.height) else { return image }
        let resizer =
            try resizer ?? Resizer(from: (image.width, image.height), to: (Recogniser.width, Recogniser.height))
        self.resizer = resizer
        return try resizer.resize(image)
    }
}
