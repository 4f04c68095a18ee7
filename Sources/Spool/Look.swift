import Foundation

/// What one look at a file says. Two equal looks, some time apart, are taken for "nobody writes any more".
struct Look: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case file, folder
        /// Neither: its name for people, such as "a symbolic link".
        case other(String)
    }

    let kind: Kind
    let device: UInt64
    let inode: UInt64
    let size: Int64
    /// When the content was last changed, in nanoseconds since 1970.
    let modified: Int64
    /// When content, name, owner or permissions were last changed, in nanoseconds since 1970. A copied time stamp
    /// cannot fake this one.
    let changed: Int64
    /// How many names the file has.
    let links: UInt64
    /// The user whose file it is.
    let owner: UInt32

    /// Whether something else than its content was changed last, as a rename does; a writer at work changes both.
    var wasTouchedSince: Bool { changed > modified }

    /// True when it is the same file with the same content, as far as a look can tell. A new name or owner does not
    /// matter.
    func isSameContent(as other: Look) -> Bool {
        device == other.device && inode == other.inode && size == other.size && modified == other.modified
    }
}

extension Look {
    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .other("a symbolic link")
            case S_IFIFO: .other("a FIFO")
            case S_IFSOCK: .other("a socket")
            default: .other("a device")
            }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = nanoseconds(status.st_mtim)
        changed = max(nanoseconds(status.st_mtim), nanoseconds(status.st_ctim))
        links = UInt64(status.st_nlink)
        owner = status.st_uid
    }
}

private func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
