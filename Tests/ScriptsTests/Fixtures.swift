import Foundation

/// Folders of the source tree that tests read.
enum Fixtures {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let badScripts = tests.appending(path: "Fixtures/scripts/bad")
    static let examples = tests.deletingLastPathComponent().appending(path: "examples")

    static func files(in folder: URL, suffix: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == suffix }
            .sorted { $0.path < $1.path }
    }
}
