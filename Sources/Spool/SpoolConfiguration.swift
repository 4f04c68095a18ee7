package import Foundation

/// Where scripts come in, and what counts as one.
package struct SpoolConfiguration: Sendable, Equatable {
    /// Scripts are dropped here.
    package var folder: URL
    /// Accepted ones go here. On the same file system as `folder`, like `rejected`.
    package var accepted: URL
    /// The others go here, each with `NAME.error.txt` beside it.
    package var rejected: URL
    /// A file that was written in place must be quiet for so many seconds.
    package var settleSeconds: Double
    /// Seconds between two looks at the whole folder, whatever inotify says.
    package var rescanSeconds: Double
    /// The same where inotify tells nothing.
    package var pollSeconds: Double
    /// Longer files are rejected unread.
    package var maximumBytes: Int

    package init(
        folder: URL, accepted: URL, rejected: URL, settleSeconds: Double, rescanSeconds: Double, pollSeconds: Double,
        maximumBytes: Int
    ) {
        self.folder = folder
        self.accepted = accepted
        self.rejected = rejected
        self.settleSeconds = settleSeconds
        self.rescanSeconds = rescanSeconds
        self.pollSeconds = pollSeconds
        self.maximumBytes = maximumBytes
    }
}
