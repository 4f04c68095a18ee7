import Files
import Foundation
import Testing

@testable import Cluster

@Suite("A command of the system")
struct CommandTests {
    @Test("What it says, what it complains of and how it ends come apart, also much of it")
    func ends() throws {
        let outcome = try Command.run("sh", ["-c", "yes | head -c 300000; echo no >&2; exit 3"])
        #expect(outcome.output.utf8.count == 300_000 && outcome.errors == "no\n" && outcome.status == 3)
        #expect(try Command.run("sh", ["-c", "kill -TERM $$"]).status == 128 + SIGTERM)
    }

    @Test("It has no input, none of this process' files, and does not ignore what this process ignores")
    func inheritance() throws {
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(file > 2)
        let outcome = try Command.run("sh", ["-c", "cat; ls /proc/self/fd | wc -l; grep SigIgn /proc/self/status"])
        let lines = outcome.output.split(separator: "\n")
        // The listing holds one itself.
        #expect(lines.first == "4")
        // Beyond the first 31 glibc has some of its own.
        let ignored = lines.last?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
        #expect(ignored.map { $0 & 0x7fff_ffff } == 0)
    }

    @Test("One that is not there is refused with the system's reason")
    func missing() throws {
        #expect(throws: SystemError("start", "nuwa-no-such-command", code: ENOENT)) {
            try Command.run("nuwa-no-such-command", [])
        }
    }
}
