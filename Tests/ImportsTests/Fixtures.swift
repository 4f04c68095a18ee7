import Foundation
import TestSupport

extension Fixtures {
    static let imports = directory.appending(path: "imports")
    static let badImports = imports.appending(path: "bad")

    /// The files in a folder that are not what was expected of another.
    static func inputs(in folder: URL) -> [String] {
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.isDirectoryKey]))
            ?? []
        return files.filter {
            !$0.hasDirectoryPath && !$0.lastPathComponent.contains(".expected.") && $0.pathExtension != "md"
        }
        .map(\.lastPathComponent).sorted()
    }

    /// What was agreed on. `NUWA_RECORD=1 swift test` writes it anew; read the difference before keeping it.
    static func agreed(_ file: URL, _ actual: String) throws -> String {
        if ProcessInfo.processInfo.environment["NUWA_RECORD"] != nil {
            try actual.write(to: file, atomically: false, encoding: .utf8)
        }
        return try String(contentsOf: file, encoding: .utf8)
    }
}
