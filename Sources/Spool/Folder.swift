import Files
import Foundation

/// An open folder. Names in it are bytes, and no call follows a symbolic link.
final class Folder {
    let path: String
    private let descriptor: Int32

    /// Throws ``SystemError`` when there is no such folder or it may not be read.
    ///
    /// - Parameter itself: refuses a symbolic link in the folder's place. For folders that others could put one for.
    init(_ path: String, itself: Bool = false) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (itself ? O_NOFOLLOW : 0))
        guard descriptor >= 0 else { throw SystemError("open the folder", path) }
    }

    deinit { close(descriptor) }

    /// All names, without "." and "..", in no order.
    func names() throws -> [FileName] {
        // A descriptor of its own, since closedir closes it.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw SystemError("list", path) }
        defer { closedir(stream) }
        var names: [FileName] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw SystemError("list", path) }
                return names
            }
            let start = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!
            let name = start.assumingMemoryBound(to: UInt8.self)
            let bytes = Array(
                UnsafeBufferPointer(start: name, count: strlen(start.assumingMemoryBound(to: CChar.self))))
            if bytes != [46], bytes != [46, 46] { names.append(FileName(bytes: bytes)) }
        }
    }

    /// What lies under a name; nil when nothing does.
    func look(at name: FileName) throws -> Look? {
        var status = stat()
        guard name.withCString({ fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
            if errno == ENOENT { return nil }
            throw SystemError("look at", path, name)
        }
        return Look(status)
    }

    /// What the folder itself is.
    func look() throws -> Look {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("look at", path) }
        return Look(status)
    }

    /// A file's bytes, at most `limit` of them, and what it was like before and after.
    func read(_ name: FileName, limit: Int) throws -> (bytes: [UInt8], before: Look, after: Look) {
        // Without O_NONBLOCK a FIFO that took the file's place would stop us here.
        let file = name.withCString { openat(descriptor, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard file >= 0 else { throw SystemError("read", path, name) }
        defer { close(file) }
        var before = stat()
        var after = stat()
        guard fstat(file, &before) == 0 else { throw SystemError("read", path, name) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let count = Foundation.read(file, &piece, min(piece.count, limit - bytes.count))
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("read", path, name)
            }
            if count == 0 { break }
            bytes.append(contentsOf: piece[..<count])
        }
        guard fstat(file, &after) == 0 else { throw SystemError("read", path, name) }
        return (bytes, Look(before), Look(after))
    }

    /// Writes a new file that is there either whole or not at all, whatever happens. Throws ``SystemError`` with `EEXIST` where
    /// something has the name already.
    ///
    /// The folder belongs to a group, so nothing is written through a name that somebody else could have prepared: the temporary
    /// name is random and new, and the final one is linked, which replaces nothing.
    func writeDurably(_ text: String, as name: FileName) throws {
        let temporary = FileName("\(Self.temporaryPrefix)\(UInt64.random(in: 0...UInt64.max)).tmp")
        let file = temporary.withCString {
            openat(descriptor, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        }
        guard file >= 0 else { throw SystemError("write", path, name) }
        defer {
            close(file)
            _ = temporary.withCString { unlinkat(descriptor, $0, 0) }
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("write", path, name)
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0 else { throw SystemError("write", path, name) }
        let linked = temporary.withCString { from in
            name.withCString { to in linkat(descriptor, from, descriptor, to, 0) }
        }
        guard linked == 0 else { throw SystemError("write", path, name) }
        try sync()
    }

    private static let temporaryPrefix = ".nuwa-writing-"

    /// Removes what writes that were interrupted have left.
    func sweep() throws {
        for name in try names() where name.bytes.starts(with: Array(Self.temporaryPrefix.utf8)) {
            _ = name.withCString { unlinkat(descriptor, $0, 0) }
        }
    }

    /// Moves a file into another folder of the same file system.
    func move(_ name: FileName, to folder: Folder, as newName: FileName) throws {
        let moved = name.withCString { from in
            newName.withCString { to in renameat(descriptor, from, folder.descriptor, to) }
        }
        guard moved == 0 else { throw SystemError("move", path, name, to: folder.path) }
    }

    /// Makes renames in this folder survive a power cut.
    func sync() throws {
        guard fsync(descriptor) == 0 else { throw SystemError("sync the folder", path) }
    }

    /// The first numbered variant of a name that is free here.
    func freeName(like name: FileName) throws -> FileName {
        var number = 1
        while true {
            let candidate = name.numbered(number)
            if try look(at: candidate) == nil { return candidate }
            number += 1
        }
    }

    /// Writes a text beside where a file of that name will lie: under the first numbered variant of the name that is free, with an
    /// ending. Returns the variant. A text that a killed process has left there already is taken for written.
    func writeDurably(_ text: String, beside name: FileName, ending: String) throws -> FileName {
        var number = 1
        while true {
            let candidate = name.numbered(number, reserve: ending.utf8.count)
            let file = candidate.appending(ending)
            number += 1
            guard try look(at: candidate) == nil else { continue }
            guard let there = try look(at: file) else {
                try writeDurably(text, as: file)
                return candidate
            }
            let bytes = Array(text.utf8)
            if there.kind == .file, there.size == bytes.count,
                try read(file, limit: bytes.count).bytes == bytes
            {
                return candidate
            }
        }
    }
}

extension SystemError {
    /// Takes the code from `errno`.
    init(_ action: String, _ folder: String, _ name: FileName, to target: String? = nil) {
        let code = errno
        self.init(action, "\(folder)/\(name.text)" + (target.map { " to \($0)" } ?? ""), code: code)
    }
}

/// An error in words for who runs the spool, with the way out where there is one.
func sentence(for error: any Error) -> String {
    guard let error = error as? SystemError else { return "\(error)" }
    let remedy =
        switch error.code {
        case EACCES, EPERM: ". Check owner and permissions: the user of nuwad must be able to do this"
        case EXDEV: ". accepted/ and rejected/ must lie on the file system of the drop folder"
        case _ where error.isOutOfRoom: ". Free some space"
        default: ""
        }
    return "\(error)\(remedy)"
}
