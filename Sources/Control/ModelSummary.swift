import Foundation

/// The little of a model's `model.json` that is needed where the networks are not: by `nuwactl`, which links none of them.
public struct ModelSummary: Decodable, Sendable, Equatable {
    public let name: String
    private let mtd: MTD
    private let text: Text

    /// L, the frames of a segment.
    public var segmentFrames: Int { mtd.segmentFrames }
    /// The words that the text encoder knows.
    public var vocabulary: Set<String> { Set(text.vocabulary) }

    private struct MTD: Decodable, Equatable {
        let segmentFrames: Int

        enum CodingKeys: String, CodingKey { case segmentFrames = "segment_frames" }
    }

    private struct Text: Decodable, Equatable {
        let vocabulary: [String]
    }

    /// - Parameter directory: a model's
    public init(directory: URL) throws(ModelUnreadable) {
        let file = directory.appending(path: "model.json")
        do {
            self = try JSONDecoder().decode(ModelSummary.self, from: Data(contentsOf: file))
        } catch {
            throw ModelUnreadable(file: file, reason: "\(error)")
        }
    }
}

/// A `model.json` that is not one.
public struct ModelUnreadable: Error, CustomStringConvertible {
    public let file: URL
    public let reason: String

    public var description: String { "\(file.path) does not describe a model: \(reason)" }
}
