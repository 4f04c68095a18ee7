package import Foundation

/// Files that tests read, in `Tests/Fixtures`.
package enum Fixtures {
    package static let directory = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

    /// A model small enough for tests: 32×32 pixels, 4 frames per segment.
    package static let tinyModel = directory.appending(path: "models/tiny")

    /// The root of the source tree.
    package static let repository = directory.deletingLastPathComponent().deletingLastPathComponent()

    /// The default model: 16 frames per segment.
    package static let cartoonModel = repository.appending(path: "models/cartoon")
}
