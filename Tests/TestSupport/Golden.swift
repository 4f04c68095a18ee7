import Foundation
import JSON

/// A value in JSON, and what `Tests/Fixtures/json/NAME.json` has.
///
/// With NUWA_WRITE_GOLDENS in the environment the file is written first: look at the difference before it is committed.
package func written(_ value: some Encodable, beside name: String) throws -> (text: String, golden: String) {
    let file = Fixtures.directory.appending(path: "json/\(name).json")
    let text = try ReportJSON.encode(value)
    if ProcessInfo.processInfo.environment["NUWA_WRITE_GOLDENS"] != nil { try text.write(to: file) }
    return (String(decoding: text, as: UTF8.self), String(decoding: try Data(contentsOf: file), as: UTF8.self))
}
