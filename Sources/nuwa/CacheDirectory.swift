import Foundation

/// Where the workbench keeps what it can make again: `nuwa` in the user's cache (XDG Base Directory Specification).
var cacheDirectory: URL {
    let cache =
        ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        .map { URL(filePath: $0, directoryHint: .isDirectory) }
        ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    return cache.appending(path: "nuwa")
}
