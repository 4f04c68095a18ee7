package import Foundation

/// A directory of one test's own, gone when the test lets go of it.
package final class TemporaryDirectory: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "nuwa-test-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package func file(_ name: String) -> URL { url.appending(path: name) }

    /// Names of the files in a directory below, sorted; none if it is not there.
    package func names(in directory: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: file(directory).path)
        return (names ?? []).sorted()
    }

    @discardableResult
    package func write(_ text: String, to name: String) throws -> URL {
        let url = file(name)
        try Data(text.utf8).write(to: url)
        return url
    }
}
