import Foundation
import Models
import TestSupport
import Testing

@testable import Installation

@Suite("Paths, lock and processors")
struct InstallationTests {
    @Test("The system's paths are those of the file system hierarchy")
    func system() {
        let paths = Paths(environment: ["NUWA_MODELS": "/elsewhere"], executable: nil)
        #expect(paths.spool.path == "/var/spool/nuwa")
        #expect(paths.accepted.path == "/var/spool/nuwa/accepted")
        #expect(paths.rejected.path == "/var/spool/nuwa/rejected")
        #expect(paths.database.path == "/var/lib/nuwa/nuwa.sqlite")
        #expect(paths.films(Configuration()).path == "/var/lib/nuwa/films")
        #expect(paths.socket.path == "/run/nuwa/nuwad.sock")
        #expect(paths.configuration.path == "/etc/nuwa/nuwad.toml")
        #expect(paths.models.folders.map(\.path) == ["/usr/share/nuwa/models", "/var/lib/nuwa/models"])
    }

    @Test("A root holds all of them, and models are also found where NUWA_MODELS says")
    func root() {
        let root = URL(filePath: "/tmp/try", directoryHint: .isDirectory)
        let paths = Paths(root: root, environment: ["NUWA_MODELS": "/mine"], executable: nil)
        #expect(paths.spool.path == "/tmp/try/var/spool/nuwa")
        #expect(paths.socket.path == "/tmp/try/run/nuwa/nuwad.sock")
        #expect(paths.configuration.path == "/tmp/try/etc/nuwa/nuwad.toml")
        #expect(
            paths.models.folders.map(\.path) == [
                "/mine", "/tmp/try/usr/share/nuwa/models", "/tmp/try/var/lib/nuwa/models",
            ])
    }

    @Test("In a source tree its models are found too, last, with a root or without")
    func sourceTree() {
        let program = Fixtures.repository.appending(path: ".build/debug/nuwactl")
        for root in [nil, URL(filePath: "/tmp/try", directoryHint: .isDirectory)] {
            let paths = Paths(root: root, environment: [:], executable: program)
            #expect(paths.models.folders.last?.path == Fixtures.cartoonModel.deletingLastPathComponent().path)
            #expect(paths.models.folders.count == 3)
        }
    }

    @Test("A second daemon is refused while the first lives, and told which process that is")
    func lock() throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("nuwad.lock")
        var first: InstanceLock? = try InstanceLock(file)
        let error = #expect(throws: InstanceLockError.self) { try InstanceLock(file) }
        #expect(error == .held(file: file.path, holder: getpid()))
        withExtendedLifetime(first) {}
        first = nil
        _ = try InstanceLock(file)
    }

    @Test("A lock in a directory that is not there is told by name")
    func lockNowhere() {
        let error = #expect(throws: InstanceLockError.self) { try InstanceLock(URL(filePath: "/nowhere/nuwad.lock")) }
        #expect(error?.description == "cannot lock /nowhere/nuwad.lock: No such file or directory")
    }

    @Test("What a control group allows is the least on the way up")
    func controlGroup() {
        let files = [
            "/system.slice/nuwad.service/cpu.max": "max 100000\n", "/system.slice/cpu.max": "150000 100000\n",
            "/cpu.max": "400000 100000\n", "/system.slice/nuwad.service/memory.max": "2147483648\n",
            "/system.slice/memory.max": "max\n",
        ]
        let service = ControlGroup(path: "/system.slice/nuwad.service") { files[$0] }
        #expect(service.processors == 1.5 && service.memory == 2 << 30)
        let root = ControlGroup(path: "/") { files[$0] }
        #expect(root.processors == 4 && root.memory == nil)
        #expect(ControlGroup(path: "/user.slice") { _ in nil }.processors == nil)
        #expect(ControlGroup.path(in: "1:name=x:/y\n0::/system.slice/nuwad.service\n") == "/system.slice/nuwad.service")
        #expect(ControlGroup.path(in: "4:cpu:/x\n") == nil)
        #expect(UsableProcessors.count() >= 1)
    }

    @Test("A directory that is not there yet lies where the one above it does")
    func fileSystem() throws {
        let there = try FileSystem(of: FileManager.default.temporaryDirectory)
        #expect(there.free > 0 && !there.kind.isEmpty)
        let later = FileManager.default.temporaryDirectory.appending(path: "no/such/folder")
        #expect(try FileSystem(of: later).kind == there.kind)
        #expect(try FileSystem(of: URL(filePath: "/proc")).kind == "proc")
    }

    @Test("A file system is that of the nearest mount above, the last one where several hide each other")
    func mounts() {
        let mounts = """
            22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw
            30 22 0:44 / /var/spool rw - nfs4 host:/spool rw
            31 22 0:45 / /srv rw - xfs /dev/sdb rw
            32 22 0:46 / /srv rw shared:9 - fuse.sshfs host: rw
            """
        #expect(FileSystem.kind(of: "/var/lib/nuwa", mounts: mounts) == "ext4")
        #expect(FileSystem.kind(of: "/var/spool/nuwa", mounts: mounts) == "nfs4")
        #expect(FileSystem.kind(of: "/var/spoolers", mounts: mounts) == "ext4")
        #expect(FileSystem.kind(of: "/srv", mounts: mounts) == "fuse.sshfs")
        #expect(FileSystem.kind(of: "/", mounts: "") == nil)
    }
}
