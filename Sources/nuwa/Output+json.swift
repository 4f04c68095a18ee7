import Console
import Foundation
import JSON

extension Output {
    /// In the layout of what `nuwactl` says (docs/json.md).
    static func json(_ value: some Encodable) throws {
        say(String(decoding: try ReportJSON.encode(value), as: UTF8.self).trimmingCharacters(in: .newlines))
    }
}
