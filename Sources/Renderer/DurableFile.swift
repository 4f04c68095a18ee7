import Foundation

/// Files that are there whole or not at all, and stay after a power cut: written under a temporary name in the same
/// directory, fsynced, renamed, and the directory fsynced, because a rename is atomic at once but durable only with
/// its directory.
enum DurableFile {
    static let temporarySuffix = ".part"

    /// Writes `data` to `url`, replacing what is there.
    static func write(_ data: Data, to url: URL) throws {
        // The name is unique within the machine: two processes may share a workspace and make the same segment.
        let name = ".\(url.lastPathComponent).\(getpid())-\(UUID().uuidString.prefix(8))\(temporarySuffix)"
        let temporary = url.deletingLastPathComponent().appendingPathComponent(name)
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RenderFailure.systemCall("create", temporary.path, errno: errno) }
        // Locked until it has its name, so that `sweep` can tell it from one whose writer died.
        flock(descriptor, LOCK_EX)
        defer { close(descriptor) }
        do {
            try writeAll(data, descriptor, path: url.path)
            guard fsync(descriptor) == 0 else { throw RenderFailure.systemCall("write", url.path, errno: errno) }
            try move(temporary, to: url)
        } catch {
            unlink(temporary.path)
            throw error
        }
    }

    /// Makes a file durable that something else wrote at `temporary`, and puts it at `url`, in the same directory.
    static func publish(_ temporary: URL, as url: URL) throws {
        try synchronize(temporary)
        try move(temporary, to: url)
    }

    /// Makes a directory, and those above it, where they are missing.
    static func makeDirectory(_ url: URL) throws {
        if mkdir(url.path, 0o755) == 0 { return }
        if errno == ENOENT, url.path != "/" {
            try makeDirectory(url.deletingLastPathComponent())
            if mkdir(url.path, 0o755) == 0 { return }
        }
        let code = errno
        var isDirectory: ObjCBool = false
        if code == EEXIST, FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) {
            if isDirectory.boolValue { return }
            throw RenderFailure.systemCall("make directory", url.path, errno: ENOTDIR)
        }
        throw RenderFailure.systemCall("make directory", url.path, errno: code)
    }

    /// Removes the temporary files in `directory` whose writers are gone.
    static func sweep(_ directory: URL) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        for name in names where name.hasPrefix(".") && name.hasSuffix(temporarySuffix) {
            let path = directory.appendingPathComponent(name).path
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
            close(descriptor)
        }
    }

    static func writeAll(_ data: Data, _ descriptor: Int32, path: String) throws {
        try data.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw RenderFailure.systemCall("write", path, errno: errno) }
                written += count
            }
        }
    }

    private static func move(_ temporary: URL, to url: URL) throws {
        guard rename(temporary.path, url.path) == 0 else {
            throw RenderFailure.systemCall("rename \(temporary.lastPathComponent) to", url.path, errno: errno)
        }
        try synchronize(url.deletingLastPathComponent())
    }

    /// fsync of a file or a directory.
    private static func synchronize(_ url: URL) throws {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RenderFailure.systemCall("open", url.path, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw RenderFailure.systemCall("write", url.path, errno: errno) }
    }
}
