package import Foundation

/// Files that are there whole or not at all, and stay after a power cut: written under a temporary name in the same
/// directory, fsynced, renamed, and the directory fsynced, because a rename is atomic at once but durable only with
/// its directory.
package enum DurableFile {
    private static let temporarySuffix = ".part"
    /// Bytes that temporary names keep of the file's own, since names have 255 at the most.
    private static let keptOfName = 200

    /// Writes `data` to `url`, replacing what is there.
    package static func write(_ data: Data, to url: URL) throws {
        try make(url) { _, descriptor in try writeAll(data, descriptor, path: url.path) }
    }

    /// Puts at `url`, replacing what is there, what `body` writes into the temporary file that it is given, by its name
    /// or through its descriptor.
    ///
    /// - Parameter mayLand: asked when all is written, at the last moment before the file appears; what it throws is
    ///   thrown on, and nothing appears
    package static func make<Result>(
        _ url: URL, mayLand: () throws -> Void = {}, _ body: (_ file: URL, _ descriptor: Int32) throws -> Result
    ) throws -> Result {
        let (temporary, descriptor) = try makeTemporary(for: url)
        defer { close(descriptor) }
        do {
            let result = try body(temporary, descriptor)
            guard fsync(descriptor) == 0 else { throw SystemError("write", url.path) }
            try mayLand()
            guard rename(temporary.path, url.path) == 0 else {
                throw SystemError("rename \(temporary.lastPathComponent) to", url.path)
            }
            try synchronize(url.deletingLastPathComponent())
            return result
        } catch {
            unlink(temporary.path)
            throw error
        }
    }

    /// A new file beside `url`, locked for as long as its descriptor is open, so that `sweep` can tell it from one whose
    /// writer died. Its name is unique: two processes, or two attempts in one, may make the same file at a time.
    private static func makeTemporary(for url: URL) throws -> (file: URL, descriptor: Int32) {
        while true {
            let name = "\(temporaryPrefix(url))\(getpid())-\(UUID().uuidString.prefix(8))\(temporarySuffix)"
            let temporary = url.deletingLastPathComponent().appendingPathComponent(name)
            let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw SystemError("create", temporary.path) }
            flock(descriptor, LOCK_EX)
            // Another process's sweep may have come between both calls.
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_nlink > 0 { return (temporary, descriptor) }
            close(descriptor)
        }
    }

    private static func temporaryPrefix(_ url: URL) -> String {
        ".\(String(decoding: url.lastPathComponent.utf8.prefix(keptOfName), as: UTF8.self))."
    }

    /// Makes a directory, and those above it, where they are missing.
    package static func makeDirectory(_ url: URL) throws {
        let above = url.deletingLastPathComponent()
        if mkdir(url.path, 0o755) == 0 { return try synchronize(above) }
        if errno == ENOENT, url.path != "/" {
            try makeDirectory(above)
            if mkdir(url.path, 0o755) == 0 { return try synchronize(above) }
        }
        let code = errno
        var isDirectory: ObjCBool = false
        if code == EEXIST, FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) {
            if isDirectory.boolValue { return }
            throw SystemError("make directory", url.path, code: ENOTDIR)
        }
        throw SystemError("make directory", url.path, code: code)
    }

    /// Removes the temporary files in `directory` whose writers are gone.
    package static func sweep(_ directory: URL) { sweep(directory, prefix: ".") }

    /// Removes the temporary files of `url` whose writers are gone.
    package static func sweepLeftovers(of url: URL) {
        sweep(url.deletingLastPathComponent(), prefix: temporaryPrefix(url))
    }

    private static func sweep(_ directory: URL, prefix: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        for name in names where name.hasPrefix(prefix) && name.dropFirst(prefix.count).hasSuffix(temporarySuffix) {
            let path = directory.appendingPathComponent(name).path
            // Neither waits for a pipe's writer nor follows a link, whoever put it there.
            let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
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
                guard count >= 0 else { throw SystemError("write", path) }
                written += count
            }
        }
    }

    private static func synchronize(_ directory: URL) throws {
        let descriptor = open(directory.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", directory.path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw SystemError("write", directory.path)
        }
    }
}
