package import Foundation

/// One line of an exported episode's `.jsonl`: a frame's number, caption and truth, as one flat JSON object.
package struct FrameRecord: Encodable, Sendable, Equatable {
    package let frame: Int
    package let caption: String
    package let truth: Truth

    package init(frame: Int, caption: String, truth: Truth) {
        self.frame = frame
        self.caption = caption
        self.truth = truth
    }

    private enum Key: String, CodingKey {
        case frame, caption
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(frame, forKey: .frame)
        try container.encode(caption, forKey: .caption)
        try truth.encode(to: encoder)
    }

    /// The record as a line of JSON with sorted keys, its line feed included.
    package func line() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}

extension Episode {
    /// All that is known about a frame.
    package func record(at frame: Int) -> FrameRecord {
        FrameRecord(frame: frame, caption: caption(at: frame), truth: truth(at: frame))
    }
}
