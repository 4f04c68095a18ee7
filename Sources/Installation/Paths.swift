package import Files
package import Foundation
package import Models

/// Where everything of one installation lies. `nuwad` and `nuwactl` agree by both making theirs here.
package struct Paths: Sendable, Equatable {
    /// The directory that stands for `/`; nil for the system itself.
    package let root: URL?
    /// Drop folder: scripts are put here.
    package let spool: URL
    /// Scripts that became jobs, moved here from the spool.
    package let accepted: URL
    /// Scripts that could not become jobs, each beside its `NAME.error.txt`.
    package let rejected: URL
    /// State of the daemon: the lock, the database and the renderer's workspace.
    package let state: URL
    /// Held (`flock`) by the one daemon that may serve this installation.
    package let lock: URL
    package let database: URL
    /// What the page's tokens are sealed with; for the daemon alone.
    package let pageKey: URL
    /// The control socket.
    package let socket: URL
    package let configuration: URL
    package let models: ModelFolders

    /// - Parameters:
    ///   - root: `--root DIR`: puts everything under it, for a try-out without being root. Models are then looked for in
    ///     `NUWA_MODELS` (a directory of models) first.
    ///   - executable: this process's executable. Models are looked for in the source tree that it was built in, last.
    package init(
        root: URL? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: URL? = Bundle.main.executableURL
    ) {
        let base = (root ?? URL(filePath: "/", directoryHint: .isDirectory)).absoluteURL.standardizedFileURL
        func path(_ relative: String) -> URL { base.appending(path: relative) }
        self.root = root.map { _ in base }
        spool = path("var/spool/nuwa")
        accepted = path("var/spool/nuwa/accepted")
        rejected = path("var/spool/nuwa/rejected")
        state = path("var/lib/nuwa")
        lock = path("var/lib/nuwa/nuwad.lock")
        database = path("var/lib/nuwa/nuwa.sqlite")
        pageKey = path("var/lib/nuwa/page.key")
        socket = path("run/nuwa/nuwad.sock")
        configuration = path("etc/nuwa/nuwad.toml")
        var models = [path("usr/share/nuwa/models"), path("var/lib/nuwa/models")]
        if root != nil, let named = environment["NUWA_MODELS"], !named.isEmpty {
            models.insert(URL(filePath: named, directoryHint: .isDirectory).absoluteURL.standardizedFileURL, at: 0)
        }
        if let tree = executable.flatMap(Self.sourceTree(above:)) { models.append(tree.appending(path: "models")) }
        self.models = ModelFolders(models)
    }

    /// Makes the directories that a daemon writes to, but for those in the spool, which the spool looks after itself. Under `/` they
    /// come from the package and from systemd, and exist already.
    package func createDirectories() throws(DirectoryNotMade) {
        for directory in [spool, state, ownFilms, socket.deletingLastPathComponent()] {
            try Self.createDirectory(directory)
        }
    }

    /// Makes a directory, with those above it, unless it is there.
    package static func createDirectory(_ directory: URL) throws(DirectoryNotMade) {
        do { try DurableFile.makeDirectory(directory) } catch { throw DirectoryNotMade(cause: error) }
    }

    /// Where the renderer's `checkpoints/` and `chunks/` are: here, or where all machines of a cluster see them.
    package func workspace(_ configuration: Configuration) -> URL {
        configuration.executor.workspace.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? state
    }

    /// Where films appear.
    package func films(_ configuration: Configuration) -> URL {
        configuration.films.directory.map { URL(filePath: $0, directoryHint: .isDirectory) }
            ?? ownFilms
    }

    /// What this installation is configured by.
    /// - Parameter other: a file that is read instead of its own (`--config`), and must be there; its own need not be
    package func readConfiguration(_ other: URL? = nil) throws(ConfigurationError) -> Configuration {
        try Configuration.read(other ?? configuration, required: other != nil)
    }

    private var ownFilms: URL { state.appending(path: "films") }

    private static func sourceTree(above executable: URL) -> URL? {
        var directory = executable.resolvingSymlinksInPath().deletingLastPathComponent()
        while directory.path != "/" {
            let marks = ["Package.swift", "models"].map { directory.appending(path: $0).path }
            if marks.allSatisfy(FileManager.default.fileExists(atPath:)) { return directory }
            directory.deleteLastPathComponent()
        }
        return nil
    }
}

/// A directory that the daemon needs is not there and cannot be made.
package struct DirectoryNotMade: Error, CustomStringConvertible {
    package let cause: SystemError

    package var description: String {
        """
        \(cause). Run nuwad as the service that it is (a films.directory elsewhere must be named in \
        ReadWritePaths= of its unit), or under a directory of yours with --root
        """
    }
}
