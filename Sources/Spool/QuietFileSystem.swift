import CInotifyTools
import Foundation

/// Kinds of file systems whose changes inotify does not tell when another machine, or a program in user space, makes them
/// (inotify(7), "Limitations and caveats").
package enum QuietFileSystem: String, CaseIterable {
    case nfs = "NFS"
    case smb = "SMB"
    case fuse = "FUSE"
    case nineP = "9P"
    case ceph = "Ceph"
    case afs = "AFS"
    case coda = "Coda"
    case ocfs2 = "OCFS2"
    case gfs2 = "GFS2"
    case lustre = "Lustre"

    /// - Parameter type: `f_type` of statfs(2); the numbers are in that page, and in the kernel's magic.h
    package init?(type: UInt32) {
        switch type {
        case 0x6969: self = .nfs
        case 0x517B, 0xFF53_4D42, 0xFE53_4D42: self = .smb
        case 0x6573_5546: self = .fuse
        case 0x0102_1997: self = .nineP
        case 0x00C3_6400: self = .ceph
        case 0x5346_414F, 0x6B41_4653: self = .afs
        case 0x7375_7245: self = .coda
        case 0x7461_636F: self = .ocfs2
        case 0x0116_1970: self = .gfs2
        case 0x0BD0_0BD0: self = .lustre
        default: return nil
        }
    }

    /// What a folder lies on; nil where inotify tells everything.
    package init?(of folder: String) {
        var facts = statfs()
        guard statfs(folder, &facts) == 0 else { return nil }
        self.init(type: UInt32(truncatingIfNeeded: facts.f_type))
    }
}
