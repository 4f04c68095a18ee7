import CSystemd
import Glibc

/// The journal's native protocol: a message with fields that `journalctl FIELD=value` finds.
package enum Journal {
    /// Syslog's levels, as the journal's `PRIORITY` field has them.
    package enum Priority: Int, Sendable {
        case emergency = 0
        case alert, critical, error, warning, notice, info, debug
    }

    /// Whether this process's stderr already ends in the journal, so that sending there directly loses nothing and gains fields.
    ///
    /// systemd says so in `$JOURNAL_STREAM` as `device:inode`; the numbers are compared with stderr's own, because the variable
    /// is inherited by processes whose stderr goes elsewhere.
    package static func isStandardError(stream: String?) -> Bool {
        guard let parts = stream?.split(separator: ":", maxSplits: 1), parts.count == 2,
            let device = UInt64(parts[0]), let inode = UInt64(parts[1])
        else { return false }
        var facts = stat()
        guard fstat(STDERR_FILENO, &facts) == 0 else { return false }
        return UInt64(facts.st_dev) == device && UInt64(facts.st_ino) == inode
    }

    /// Sends one entry. Field names are upper case letters, digits and `_`.
    /// - Returns: false where the journal did not take it; the caller then has stderr.
    package static func send(_ message: String, priority: Priority, fields: [(name: String, value: String)]) -> Bool {
        let entries =
            ["MESSAGE=\(message)", "PRIORITY=\(priority.rawValue)"] + fields.map { "\($0.name)=\($0.value)" }
        var storage: [UnsafeMutableBufferPointer<UInt8>] = []
        defer { storage.forEach { $0.deallocate() } }
        let vectors = entries.map { entry -> iovec in
            let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: entry.utf8.count)
            _ = bytes.initialize(from: entry.utf8)
            storage.append(bytes)
            return iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
        }
        return sd_journal_sendv(vectors, Int32(vectors.count)) >= 0
    }
}
