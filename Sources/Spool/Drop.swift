import Digest
package import Foundation
import Terminal

/// A complete file that was dropped.
package struct Drop: Sendable, Equatable {
    /// Its name, fit to be shown.
    package let name: String
    package let bytes: Data
    /// SHA-256 of its bytes, lowercase hex.
    package let hash: String
    /// Names this very file with this very content: inode, time of the last change, size and hash. The same as long
    /// as the file lies in the spool, also after a restart. The number of the device is left out, since it may differ
    /// after a boot.
    package let key: String
    /// Whether the file has other names too, which are drops of their own and share the key.
    package let isLinked: Bool
    /// The user whose file it is.
    package let owner: UInt32

    init(name: FileName, bytes: [UInt8], look: Look) {
        self.name = name.text
        self.bytes = Data(bytes)
        hash = SHA256.hex(of: bytes)
        key = Self.stem(look) + hash
        isLinked = look.links > 1
        owner = look.owner
    }

    /// What a drop's key begins with, whatever its content.
    static func stem(_ look: Look) -> String { "\(look.inode):\(look.modified):\(look.size):" }
}

/// What becomes of a drop.
package enum Verdict: Sendable, Equatable {
    /// It has its job, on disk.
    case accept
    /// For these reasons, one text each; they go into the error file as they are.
    case reject([String])
}

/// The daemon's side of the intake. All calls come one after the other, from the spool's own thread.
package protocol SpoolHandler: Sendable {
    /// Reads scripts and makes their jobs: a verdict for each, in the same order. When it returns, the jobs of those that it
    /// accepts must be durable, and a drop with a `key` that has its job already must not get another one: after a crash the
    /// same drop is presented again. When it throws, the files stay where they are and are presented again at the next scan.
    func consider(_ drops: [Drop]) throws -> [Verdict]
    /// Why a file with more bytes than the limit is rejected.
    func refusal(of name: String, withBytes bytes: Int, limit: Int) -> [String]
    /// The files of accepted drops have left the spool for good, so their keys have served.
    func moved(_ drops: [Drop])
    /// Told once, after the first look at the whole folder: a drop whose key begins with none of these has left the spool
    /// before, so its key has served, though an earlier process did not live to hear of it.
    func remaining(_ stems: Set<String>)
    /// Something that people should know. Told once, not at every scan.
    func notice(_ notice: SpoolNotice)
}

/// What people should know about the intake.
package enum SpoolNotice: Sendable, Equatable, CustomStringConvertible {
    /// A file was rejected, by the handler or because it is no script at all.
    case rejected(name: String, reasons: [String])
    /// An accepted or rejected file cannot be moved away. It stays, and its job (if it has one) is not made again.
    /// `key` is the drop's.
    case notMoved(name: String, key: String?, reason: String)
    /// A file cannot be read. It stays.
    case unreadable(name: String, reason: String)
    /// The handler could not decide now. The file stays and is presented again.
    case postponed(name: String, reason: String)
    /// A folder was dropped. It stays.
    case folder(name: String)
    /// The drop folder cannot be read, a folder in it cannot be made, or what was dealt with cannot be moved out of it; it is tried again.
    case noFolder(reason: String)
    /// That is over.
    case folderIsBack
    /// inotify cannot be had, so files are found by scanning alone.
    case noHints(reason: String)
    /// The drop folder's file system does not tell of all changes, so files are found by scanning alone.
    case polled(fileSystem: String, seconds: Double)
    /// inotify tells of dropped files again.
    case hintsAreBack
    /// inotify lost events; the whole folder was scanned instead.
    case overflow

    package var description: String {
        switch self {
        case .rejected(let name, let reasons):
            "rejected \(name): \(reasons.first ?? "")" + (reasons.count > 1 ? " (and \(reasons.count - 1) more)" : "")
        case .notMoved(let name, _, let reason):
            "\(name) was dealt with but stays in the drop folder, and will not be dealt with again: \(reason)"
        case .unreadable(let name, let reason): "\(name) stays in the drop folder: \(reason)"
        case .postponed(let name, let reason): "\(name) waits in the drop folder: \(reason)"
        case .folder(let name): "\(name) is a folder and is left alone; drop script files, one by one"
        case .noFolder(let reason): "the drop folder is out of reach: \(reason)"
        case .folderIsBack: "the drop folder is within reach again"
        case .hintsAreBack: "dropped files are told of by inotify again"
        case .noHints(let reason): "dropped files are found by scanning only: \(reason)"
        case .polled(let fileSystem, let seconds):
            "the drop folder is on \(fileSystem), which does not tell of all changes: it is looked at every \(secondsText(seconds))"
        case .overflow: "inotify lost events, so the whole drop folder was scanned"
        }
    }
}
