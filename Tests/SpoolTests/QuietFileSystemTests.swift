import Foundation
import Testing

@testable import Spool

struct QuietFileSystemTests {
    @Test(
        "File systems that do not tell of all changes are known by their number",
        arguments: zip(
            [0x6969, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x0102_1997] as [UInt32],
            [.nfs, .smb, .smb, .fuse, .nineP] as [QuietFileSystem]))
    func quiet(type: UInt32, name: QuietFileSystem) {
        #expect(QuietFileSystem(type: type) == name)
    }

    @Test("ext4, tmpfs and btrfs tell everything", arguments: [0xEF53, 0x0102_1994, 0x9123_683E] as [UInt32])
    func telling(type: UInt32) {
        #expect(QuietFileSystem(type: type) == nil)
    }

    @Test("The kernel's own file system of processes is none of them, and a folder that is not there neither")
    func real() {
        #expect(QuietFileSystem(of: "/proc") == nil)
        #expect(QuietFileSystem(of: "/nowhere") == nil)
    }
}
