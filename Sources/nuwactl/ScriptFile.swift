import ArgumentParser
import Foundation

/// A script on the command line: a file, or `-` for stdin.
struct ScriptFile: ExpressibleByArgument {
    private let path: String

    init(argument: String) { path = argument }

    static var defaultCompletionKind: CompletionKind { .file() }

    /// What diagnostics call it.
    var name: String { path == "-" ? "stdin" : URL(filePath: path).lastPathComponent }

    func read() throws -> Data {
        if path == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
        guard (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType != .typeDirectory
        else {
            throw FileUnreadable(file: path, reason: "it is a folder; name the script in it")
        }
        do {
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            throw FileUnreadable(
                file: path, reason: (error as NSError).localizedFailureReason ?? error.localizedDescription)
        }
    }
}

struct FileUnreadable: Error, CustomStringConvertible {
    let file: String
    let reason: String

    var description: String { "cannot read \(file): \(reason)" }
}
