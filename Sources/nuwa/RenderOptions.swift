import ArgumentParser
import Foundation
import Installation

/// How a command renders; every one that does has these.
struct RenderOptions: ParsableArguments {
    @Option(help: "Worker threads. Default: one per usable processor.")
    var workers: Int?

    @Option(
        help: ArgumentHelp("Where finished segments are kept. Default: ~/.cache/nuwa.", valueName: "dir"),
        completion: .directory)
    var workspace: String?

    func validate() throws {
        if let workers, !(1...1024).contains(workers) {
            throw ValidationError("--workers \(workers): 1 to 1024 are possible")
        }
    }

    var workerCount: Int { workers ?? UsableProcessors.count() }

    var workspaceDirectory: URL {
        workspace.map { URL(filePath: $0, directoryHint: .isDirectory).absoluteURL } ?? cacheDirectory
    }
}

/// Where the workbench keeps what it can make again: `nuwa` in the user's cache (XDG Base Directory Specification).
var cacheDirectory: URL {
    let cache =
        ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        .map { URL(filePath: $0, directoryHint: .isDirectory) }
        ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    return cache.appending(path: "nuwa")
}
