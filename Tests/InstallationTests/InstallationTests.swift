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
        #expect(paths.films.path == "/var/lib/nuwa/films")
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

    @Test("The quota of processors is the least on the way up the control groups")
    func quota() {
        let files = [
            "/system.slice/nuwad.service/cpu.max": "max 100000\n", "/system.slice/cpu.max": "150000 100000\n",
            "/cpu.max": "400000 100000\n",
        ]
        #expect(UsableProcessors.quota(controlGroup: "0::/system.slice/nuwad.service\n") { files[$0] } == 1.5)
        #expect(UsableProcessors.quota(controlGroup: "0::/\n") { files[$0] } == 4)
        #expect(UsableProcessors.quota(controlGroup: "0::/user.slice\n") { _ in nil } == nil)
        #expect(UsableProcessors.quota(controlGroup: "4:cpu:/x\n") { files[$0] } == nil)
        #expect(UsableProcessors.count() >= 1)
    }
}
