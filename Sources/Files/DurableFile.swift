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
        try write(beside: url, mayLand, body) { temporary in
            guard rename(temporary.path, url.path) == 0 else {
                throw SystemError("rename \(temporary.lastPathComponent) to", url.path)
            }
        }.result
    }

    /// The same, but replaces nothing: where another file has the name, `film.mp4`, it becomes `film-2.mp4`, or the first such
    /// name that is free. A file that has the very same bytes is taken for the one that was to be made, so that making it again
    /// after a crash leaves no second one.
    ///
    /// - Parameter replaces: true does replace, as ``make(_:mayLand:_:)`` does
    /// - Returns: also where it is
    package static func makeNew<Result>(
        _ url: URL, replaces: Bool, mayLand: () throws -> Void = {},
        _ body: (_ file: URL, _ descriptor: Int32) throws -> Result
    ) throws -> (file: URL, result: Result) {
        if replaces { return (url, try make(url, mayLand: mayLand, body)) }
        let (place, result) = try write(beside: url, mayLand, body) { temporary in
            for number in 1... {
                let candidate = numbered(url, number)
                if try put(temporary, at: candidate) || haveSameBytes(temporary, candidate) { return candidate }
            }
            fatalError("there is always a next number")
        }
        return (place, result)
    }

    /// - Parameter land: puts the whole file in its place
    private static func write<Result, Place>(
        beside url: URL, _ mayLand: () throws -> Void, _ body: (URL, Int32) throws -> Result,
        land: (_ temporary: URL) throws -> Place
    ) throws -> (place: Place, result: Result) {
        let (temporary, descriptor) = try makeTemporary(for: url)
        defer { close(descriptor) }
        do {
            let result = try body(temporary, descriptor)
            guard fsync(descriptor) == 0 else { throw SystemError("write", url.path) }
            try mayLand()
            let place = try land(temporary)
            // Where it was linked into place, or not needed, it is still there.
            unlink(temporary.path)
            try synchronize(url.deletingLastPathComponent())
            return (place, result)
        } catch {
            unlink(temporary.path)
            throw error
        }
    }

    /// False where the name is taken.
    private static func put(_ temporary: URL, at place: URL) throws -> Bool {
        if link(temporary.path, place.path) == 0 { return true }
        switch errno {
        case EEXIST: return false
        case EPERM, EOPNOTSUPP, ENOSYS, EMLINK:
            // A file system without links (FAT, some network ones): here another's film could come between both calls.
            guard access(place.path, F_OK) != 0 else { return false }
            if rename(temporary.path, place.path) == 0 { return true }
            throw SystemError("rename \(temporary.lastPathComponent) to", place.path)
        default: throw SystemError("make", place.path)
        }
    }

    private static func haveSameBytes(_ one: URL, _ other: URL) throws -> Bool {
        var facts = (stat(), stat())
        guard stat(one.path, &facts.0) == 0, stat(other.path, &facts.1) == 0, facts.0.st_size == facts.1.st_size,
            facts.1.st_mode & S_IFMT == S_IFREG
        else { return false }
        return FileManager.default.contentsEqual(atPath: one.path, andPath: other.path)
    }

    private static func numbered(_ url: URL, _ number: Int) -> URL {
        guard number > 1 else { return url }
        let stem = url.deletingPathExtension().lastPathComponent
        return url.deletingLastPathComponent().appendingPathComponent("\(stem)-\(number).\(url.pathExtension)")
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
    package static func makeDirectory(_ url: URL) throws(SystemError) {
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

    /// Writes to an open file; `path` is what errors call it.
    package static func writeAll(_ data: Data, _ descriptor: Int32, path: String) throws {
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

    private static func synchronize(_ directory: URL) throws(SystemError) {
        let descriptor = open(directory.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", directory.path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw SystemError("write", directory.path)
        }
    }
}
