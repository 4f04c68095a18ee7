package import Foundation

/// The folders that hold models, each in a directory of its name, in the order in which they are searched.
package struct ModelFolders: Sendable, Equatable {
    package let folders: [URL]

    package init(_ folders: [URL]) {
        self.folders = folders
    }

    /// The directory of a model: the first that has a `model.json`.
    /// - Parameters:
    ///   - name: a name to look up, or (with a `/` in it) the directory itself
    ///   - remedy: what to do where there is none; without it, as for the model of the configuration
    package func directory(
        of name: String, remedy: String = "set model.name in nuwad.toml to a model that is installed"
    ) throws(ModelNotFound) -> URL {
        let candidates =
            name.contains("/")
            ? [URL(filePath: name, directoryHint: .isDirectory)] : folders.map { $0.appending(path: name) }
        for candidate in candidates
        where FileManager.default.fileExists(atPath: candidate.appending(path: ModelDocument.fileName).path) {
            return candidate
        }
        throw ModelNotFound(name: name, searched: candidates, remedy: remedy)
    }
}

/// No folder of models has one of this name.
package struct ModelNotFound: Error, CustomStringConvertible {
    package let name: String
    package let searched: [URL]
    package let remedy: String

    package var description: String {
        let places = searched.map { $0.appending(path: ModelDocument.fileName).path }.joined(separator: ", ")
        return "no model \"\(name)\": looked for \(places); \(remedy)"
    }
}
