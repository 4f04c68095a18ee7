import ArgumentParser
import Files
import Foundation

/// A script on the command line: a file, or `-` for stdin.
struct ScriptFile: ExpressibleByArgument {
    private let path: String

    init(argument: String) { path = argument }

    static var defaultCompletionKind: CompletionKind { .file() }

    /// What diagnostics call it.
    var name: String { path == "-" ? "stdin" : URL(filePath: path).lastPathComponent }

    /// - Throws: `SystemError`
    func read() throws -> Data {
        if path == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
        return try WholeFile.read(URL(filePath: path))
    }
}
