package import Foundation

/// The little of a model's `model.json` that is needed where the networks are not: by `nuwactl`, which links none of them.
package struct ModelSummary: Decodable, Sendable, Equatable {
    package let name: String
    private let mtd: MTD
    private let text: Text

    /// L, the frames of a segment.
    package var segmentFrames: Int { mtd.segmentFrames }
    /// The words that the text encoder knows.
    package var vocabulary: Set<String> { Set(text.vocabulary) }

    private struct MTD: Decodable, Equatable {
        let segmentFrames: Int

        enum CodingKeys: String, CodingKey { case segmentFrames = "segment_frames" }
    }

    private struct Text: Decodable, Equatable {
        let vocabulary: [String]
    }

    /// - Parameter directory: a model's
    package init(directory: URL) throws(ModelUnreadable) {
        let file = directory.appending(path: "model.json")
        do {
            self = try JSONDecoder().decode(ModelSummary.self, from: Data(contentsOf: file))
        } catch {
            throw ModelUnreadable(file: file, reason: "\(error)")
        }
    }
}

/// A `model.json` that is not one.
package struct ModelUnreadable: Error, CustomStringConvertible {
    package let file: URL
    package let reason: String

    package var description: String { "\(file.path) does not describe a model: \(reason)" }
}
