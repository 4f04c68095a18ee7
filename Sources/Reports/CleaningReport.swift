/// What a cleaning removed, or would.
package struct CleaningReport: Codable, Sendable, Equatable {
    package struct File: Codable, Sendable, Equatable {
        package var path: String
        package var bytes: Int64
        /// `age` or `size`
        package var reason: String

        package init(path: String, bytes: Int64, reason: String) {
            self.path = path
            self.bytes = bytes
            self.reason = reason
        }
    }

    package var dryRun: Bool
    /// How many files, and their bytes.
    package var files: Int
    package var bytes: Int64
    /// What stays, of what may be removed one day.
    package var keptFiles: Int
    package var keptBytes: Int64
    /// The first of them, oldest first.
    package var removed: [File]

    package init(dryRun: Bool, files: Int, bytes: Int64, keptFiles: Int, keptBytes: Int64, removed: [File]) {
        self.dryRun = dryRun
        self.files = files
        self.bytes = bytes
        self.keptFiles = keptFiles
        self.keptBytes = keptBytes
        self.removed = removed
    }
}
