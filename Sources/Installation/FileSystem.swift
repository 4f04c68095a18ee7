package import Files
package import Foundation

/// Where a directory lies.
package struct FileSystem: Sendable, Equatable {
    /// Room without which nothing is begun: so many bytes, or on a small file system such a part of it.
    private static let (neededBytes, neededPart): (Int64, Int64) = (64 << 20, 20)

    /// Bytes that may still be written, and that there are in all.
    package let (free, size): (Int64, Int64)
    private let path: String

    /// Of a directory, or of the nearest one above that exists.
    package init(of directory: URL) throws(SystemError) {
        var url = directory.resolvingSymlinksInPath().standardizedFileURL
        while !FileManager.default.fileExists(atPath: url.path), url.path != "/" { url.deleteLastPathComponent() }
        var facts = statvfs()
        guard statvfs(url.path, &facts) == 0 else { throw SystemError("look at the file system of", url.path) }
        // Some file systems say that they have 2^64 bytes.
        func bytes(_ blocks: UInt) -> Int64 {
            let (bytes, isTooMany) = blocks.multipliedReportingOverflow(by: facts.f_frsize)
            return isTooMany ? .max : Int64(clamping: bytes)
        }
        (free, size) = (bytes(facts.f_bavail), bytes(facts.f_blocks))
        path = url.path
    }

    /// Whether there is enough of it for the next checkpoint or film.
    package var hasRoom: Bool { free >= neededBytes }

    package var neededBytes: Int64 { min(Self.neededBytes, size / Self.neededPart) }

    /// As mount(8) calls it, `ext4` or `nfs4`.
    package var kind: String {
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        return Self.kind(of: path, mounts: mounts) ?? "an unknown file system"
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
