import ArgumentParser
import Foundation
import Installation

/// How a command renders; every one that does has these.
struct RenderOptions: ParsableArguments {
    @OptionGroup var workers: WorkerOptions

    @Option(
        help: ArgumentHelp("Where finished segments are kept. Default: ~/.cache/nuwa.", valueName: "dir"),
        completion: .directory)
    var workspace: String?

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

/// How many threads compute, for every command that does.
struct WorkerOptions: ParsableArguments {
    @Option(help: "Worker threads; what they make does not depend on their number. Default: one per usable processor.")
    var workers: Int?

    func validate() throws {
        if let workers, !(1...1024).contains(workers) {
            throw ValidationError("--workers \(workers): 1 to 1024 are possible")
        }
    }

    var count: Int { workers ?? UsableProcessors.count() }
}
