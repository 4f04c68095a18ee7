package import Foundation

/// Where a directory lies.
package struct FileSystem: Sendable, Equatable {
    /// Room without which nothing is begun, where the file system is not small itself.
    package static let neededBytes: Int64 = 64 << 20

    /// As mount(8) calls it, `ext4` or `nfs4`.
    package let kind: String
    /// Bytes that may still be written.
    package let free: Int64

    /// Of a directory, or of the nearest one above that exists; nil where it cannot be looked at.
    package init?(of directory: URL) {
        var url = directory.resolvingSymlinksInPath().standardizedFileURL
        while !FileManager.default.fileExists(atPath: url.path), url.path != "/" { url.deleteLastPathComponent() }
        let facts = try? FileManager.default.attributesOfFileSystem(forPath: url.path)
        guard let size = facts?[.systemFreeSize] as? NSNumber else { return nil }
        free = size.int64Value
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        kind = Self.kind(of: url.path, mounts: mounts) ?? "an unknown file system"
    }

    /// That of the mount nearest above a path; of several on one place the last hides the others.
    /// - Parameter mounts: the text of `/proc/self/mountinfo`, proc(5)
    static func kind(of path: String, mounts: String) -> String? {
        var nearest: (length: Int, kind: String)?
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.endIndex else { continue }
            let point = String(fields[4])
            let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
            if isAbove, point.count >= nearest?.length ?? 0 { nearest = (point.count, String(fields[dash + 1])) }
        }
        return nearest?.kind
    }
}
