import Console
import Foundation

extension Output {
    /// In the layout of what `nuwactl` says (docs/json.md); the workbench has neither dates nor keys of several words.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        say(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
