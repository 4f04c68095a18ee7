import Synchronization
import Foundation
import Jobs
import TestSupport
import Testing

@testable import Spool

/// What becomes of files, whatever dies when.
struct VerdictTests {
    private let spool: TestSpool

    init() throws { spool = try TestSpool() }

    private struct Crash: Error {}

    @Test("A drop that was committed but not moved gets no second job when it is presented again")
    func replay() throws {
        try spool.drop("picnic.nuwa")
        let dying = TestHandler(store: spool.handler.store)
        // Dies between the commit and the move.
        let crashing = CrashAfterCommit(handler: dying)
        try spool.scanOnce(crashing)
        #expect(try spool.names() == ["picnic.nuwa"])
        #expect(try spool.jobs.count == 1)

        try spool.scanOnce()
        #expect(try spool.jobs.count == 1)
        #expect(try spool.names() == [])
        #expect(try spool.names(in: "accepted") == ["picnic.nuwa"])
        #expect(spool.handler.seen.withLock { $0 } == dying.seen.withLock { $0 }, "it was the same drop")
    }

    private struct CrashAfterCommit: SpoolHandler {
        let handler: TestHandler
        func consider(_ drops: [Drop]) throws -> [Verdict] {
            _ = try handler.consider(drops)
            throw Crash()
        }
        func refusal(of name: String, withBytes bytes: Int, limit: Int) -> [String] { [] }
        func moved(_ drops: [Drop]) {}
        func remaining(_ stems: Set<String>) {}
        func notice(_ notice: SpoolNotice) {}
    }

    @Test("A death between the move and its being written down: the script moved back is a new drop all the same")
    func diedAfterMove() throws {
        struct Dying: SpoolHandler {
            let handler: TestHandler
            func consider(_ drops: [Drop]) throws -> [Verdict] { try handler.consider(drops) }
            func refusal(of name: String, withBytes bytes: Int, limit: Int) -> [String] { [] }
            func moved(_ drops: [Drop]) {}
            func remaining(_ stems: Set<String>) {}
            func notice(_ notice: SpoolNotice) {}
        }
        try spool.drop("picnic.nuwa")
        try spool.scanOnce(Dying(handler: spool.handler))
        #expect(try spool.names(in: "accepted") == ["picnic.nuwa"])
        #expect(try spool.handler.store.pendingDrops().count == 1)

        // The next start finds it gone from the spool.
        try spool.scanOnce()
        #expect(try spool.handler.store.pendingDrops().isEmpty)
        try FileManager.default.moveItem(
            at: spool.folder.appendingPathComponent("accepted/picnic.nuwa"),
            to: spool.folder.appendingPathComponent("picnic.nuwa"))
        try spool.scanOnce()
        #expect(try spool.jobs.count == 2)
    }

    @Test("Many drops are dealt with in few transactions, each exactly one job, whose owner is the file's")
    func many() throws {
        for number in 0..<1200 { try spool.drop("picnic-\(number).nuwa") }
        try spool.scanOnce()
        #expect(Set(try spool.jobs.map(\.name)).count == 1200)
        #expect(try spool.jobs.count == 1200)
        #expect(try spool.jobs.allSatisfy { $0.owner == getuid() })
        #expect(try spool.names() == [])
        #expect(try spool.handler.store.pendingDrops().isEmpty)
    }

    @Test("The same file moved back from accepted/ is a new drop")
    func movedBack() throws {
        for _ in 1...2 {
            try? FileManager.default.moveItem(
                at: spool.folder.appendingPathComponent("accepted/picnic.nuwa"),
                to: spool.folder.appendingPathComponent("picnic.nuwa"))
            if try spool.names().isEmpty { try spool.drop("picnic.nuwa") }
            try spool.scanOnce()
        }
        #expect(try spool.jobs.count == 2)
        #expect(Set(spool.handler.seen.withLock { $0.map(\.key) }).count == 1)
    }

    @Test("Two names of one file are two drops, also for a nuwad that died between taking them and moving them")
    func linked() throws {
        try spool.drop("picnic.nuwa")
        try FileManager.default.linkItem(
            at: spool.folder.appending(path: "picnic.nuwa"), to: spool.folder.appending(path: "again.nuwa"))
        try spool.scanOnce(CrashAfterCommit(handler: TestHandler(store: spool.handler.store)))
        #expect(try spool.jobs.count == 2)
        try spool.scanOnce()
        #expect(try spool.jobs.map(\.name).sorted() == ["again.nuwa", "picnic.nuwa"])
        #expect(try spool.names(in: "accepted") == ["again.nuwa", "picnic.nuwa"])
        #expect(try spool.handler.store.pendingDrops().isEmpty)
    }

    @Test("A rejected file has its reasons beside it")
    func rejected() throws {
        try spool.drop("wrong.nuwa", "bad\n")
        try spool.scanOnce()
        #expect(try spool.jobs.isEmpty)
        #expect(try spool.names() == [])
        #expect(try spool.names(in: "rejected") == ["wrong.nuwa", "wrong.nuwa.error.txt"])
        #expect(
            try spool.text("rejected/wrong.nuwa.error.txt") == """
                wrong.nuwa was not accepted.

                wrong.nuwa:1:1: error: bad

                wrong.nuwa:2:1: error: worse

                Mend it and drop it again.

                """)
        let reasons = ["wrong.nuwa:1:1: error: bad", "wrong.nuwa:2:1: error: worse"]
        #expect(spool.handler.notices.withLock { $0 } == [.rejected(name: "wrong.nuwa", reasons: reasons)])
    }

    @Test("A crash between the error file and the move leaves one rejected file and one error file")
    func rejectedReplay() throws {
        try spool.drop("wrong.nuwa", "bad\n")
        try spool.scanOnce()
        // As it was before the move.
        try FileManager.default.moveItem(
            at: spool.folder.appendingPathComponent("rejected/wrong.nuwa"),
            to: spool.folder.appendingPathComponent("wrong.nuwa"))
        try spool.scanOnce()
        #expect(try spool.names(in: "rejected") == ["wrong.nuwa", "wrong.nuwa.error.txt"])
        #expect(try spool.text("rejected/wrong.nuwa.error.txt").hasSuffix("Mend it and drop it again.\n"))
    }

    @Test("A file that somebody named like an error file is not overwritten by one")
    func errorFileTaken() throws {
        try spool.drop("wrong.nuwa.error.txt", "bad, but mine\n")
        try spool.scanOnce()
        try spool.drop("wrong.nuwa", "bad\n")
        try spool.scanOnce()
        #expect(try spool.text("rejected/wrong.nuwa.error.txt") == "bad, but mine\n")
        #expect(try spool.text("rejected/wrong-2.nuwa") == "bad\n")
        #expect(try spool.text("rejected/wrong-2.nuwa.error.txt").hasPrefix("wrong.nuwa was not accepted."))
    }

    @Test("Links that were prepared under the names that nuwad writes lead nowhere")
    func preparedLinks() throws {
        let database = spool.root.appendingPathComponent("nuwa.sqlite")
        for name in [".nuwa-writing.tmp", "wrong.nuwa.error.txt"] {
            symlink(database.path, spool.folder.path + "/rejected/" + name)
        }
        try spool.drop("wrong.nuwa", "bad\n")
        try spool.drop("good.nuwa")
        try spool.scanOnce()
        #expect(try spool.text("rejected/wrong-2.nuwa.error.txt").hasPrefix("wrong.nuwa was not accepted."))
        #expect(try JobStore(path: database.path).jobs().map(\.name) == ["good.nuwa"])
    }

    @Test("What an interrupted write has left in rejected/ is gone after the next start")
    func swept() throws {
        try "half of".write(
            to: spool.folder.appendingPathComponent("rejected/.nuwa-writing-17.tmp"), atomically: false, encoding: .utf8
        )
        try spool.scanOnce()
        #expect(try spool.names(in: "rejected") == [])
    }

    @Test("Files with a name that is taken already are kept, all of them")
    func collisions() throws {
        for number in 1...3 {
            try spool.drop("picnic.nuwa", "0:00 Number \(number).\n")
            try spool.drop("wrong", "bad \(number)\n")
            try spool.scanOnce()
        }
        #expect(try spool.names(in: "accepted") == ["picnic-2.nuwa", "picnic-3.nuwa", "picnic.nuwa"])
        #expect(try spool.text("accepted/picnic-2.nuwa") == "0:00 Number 2.\n")
        #expect(
            try spool.names(in: "rejected") == [
                "wrong", "wrong-2", "wrong-2.error.txt", "wrong-3", "wrong-3.error.txt", "wrong.error.txt",
            ])
        #expect(try spool.jobs.count == 3)
    }

    @Test("Names of the greatest length find a place, with their error file")
    func longNames() throws {
        let long = String(repeating: "x", count: 250) + ".nuwa"
        for text in ["0:00 Pim.\n", "0:00 Pim.\n", "bad\n"] {
            try spool.drop(long, text)
            try spool.scanOnce()
        }
        #expect(try spool.names(in: "accepted").count == 2)
        let rejected = String(repeating: "x", count: 240) + ".nuwa"
        #expect(try spool.names(in: "rejected") == [rejected, rejected + ".error.txt"])
    }

    @Test("Names that are not UTF-8, or would move a cursor, do no harm")
    func strangeNames() throws {
        let names: [[UInt8]] = [
            [0xFF, 0xFE, 0x2E, 0x6E], Array("two\nlines\u{1B}[2J.nuwa".utf8), Array(" ".utf8),
            Array("awun.\u{202E}nuwa".utf8),
        ]
        let folder = try Folder(spool.folder.path)
        for bytes in names { try folder.writeDurably("0:00 Pim.\n", as: FileName(bytes: bytes)) }
        try folder.writeDurably("bad\n", as: FileName(bytes: [0xFF]))
        try spool.scanOnce()
        #expect(
            try Set(spool.jobs.map(\.name)) == [
                "\u{FFFD}\u{FFFD}.n", "two\u{FFFD}lines\u{FFFD}[2J.nuwa", " ", "awun.\u{FFFD}nuwa",
            ])
        let accepted = try Folder(spool.folder.appendingPathComponent("accepted").path).names()
        #expect(Set(accepted.map(\.bytes)) == Set(names))
        let rejected = try Folder(spool.folder.appendingPathComponent("rejected").path).names()
        #expect(Set(rejected.map(\.bytes)) == [[0xFF], [0xFF] + Array(".error.txt".utf8)])
    }

    @Test("Symbolic links, FIFOs and sockets are refused with a reason, folders are left alone")
    func specialFiles() throws {
        let path = spool.folder.path
        symlink("/etc/passwd", path + "/link.nuwa")
        mkfifo(path + "/fifo.nuwa", 0o600)
        try FileManager.default.createDirectory(atPath: path + "/scripts", withIntermediateDirectories: false)
        for _ in 1...3 { try spool.scanOnce() }
        #expect(try spool.names() == ["scripts"])
        #expect(
            try spool.names(in: "rejected") == [
                "fifo.nuwa", "fifo.nuwa.error.txt", "link.nuwa", "link.nuwa.error.txt",
            ])
        #expect(
            try spool.text("rejected/link.nuwa.error.txt").contains(
                "This is a symbolic link, not a file. Drop a copy of the script itself."))
        #expect(spool.handler.seen.withLock { $0 }.isEmpty)
    }

    @Test("What is too long is rejected unread; what else is no script is for the handler to say, who gets every byte")
    func noScripts() throws {
        let huge = spool.folder.appendingPathComponent("huge.nuwa").path
        _ = FileManager.default.createFile(atPath: huge, contents: nil)
        // A hole of one tebibyte: reading it would be noticed.
        truncate(huge, 1 << 40)
        for (name, bytes) in [("latin.nuwa", [0xE4, 0xF6]), ("zero.nuwa", [0x61, 0x00])] as [(String, [UInt8])] {
            try Data(bytes).write(to: spool.folder.appendingPathComponent(name))
        }
        try spool.drop("just right.nuwa", String(repeating: "x", count: 1000))
        try spool.drop("too long.nuwa", String(repeating: "x", count: 1001))
        try spool.scanOnce()
        #expect(try spool.jobs.map(\.name).sorted() == ["just right.nuwa", "latin.nuwa", "zero.nuwa"])
        let seen = spool.handler.seen.withLock { $0 }
        #expect(seen.first { $0.name == "latin.nuwa" }?.bytes == Data([0xE4, 0xF6]))
        #expect(seen.first { $0.name == "zero.nuwa" }?.bytes == Data([0x61, 0x00]))
        #expect(
            try spool.text("rejected/huge.nuwa.error.txt").contains(
                "huge.nuwa has 1099511627776 bytes, 1000 are taken"))
        #expect(try spool.text("rejected/too long.nuwa.error.txt").contains("1001 bytes"))
    }

    @Test("A move that fails is said once, the job is not made again, and the move is made up for")
    func moveFails() async throws {
        let accepted = spool.folder.appendingPathComponent("accepted")
        let handler = TestHandler(store: spool.handler.store) { _ in
            // Renaming into a folder that is gone fails, for root as well.
            try? FileManager.default.removeItem(at: accepted)
        }
        let intake = Intake(configuration: spool.configuration(settleSeconds: 0), handler: handler)
        try spool.drop("picnic.nuwa")
        _ = try intake.scan(isStopped: { false })
        #expect(try spool.names() == ["picnic.nuwa"])
        let drop = try #require(handler.seen.withLock { $0.first })
        let notices = handler.notices.withLock { $0 }
        #expect(notices.count == 1)
        guard case .notMoved("picnic.nuwa", drop.key, let reason) = notices.first else {
            Issue.record("\(notices)")
            return
        }
        #expect(reason.contains("cannot move \(spool.folder.path)/picnic.nuwa to \(accepted.path): No such file"))

        try FileManager.default.createDirectory(at: accepted, withIntermediateDirectories: false)
        _ = try intake.scan(isStopped: { false })
        #expect(try spool.names(in: "accepted") == ["picnic.nuwa"])
        #expect(handler.seen.withLock { $0.count } == 1)
        #expect(handler.movedNames.withLock(\.self) == ["picnic.nuwa"])
        #expect(try spool.jobs.count == 1)
    }

    @Test("A file that is replaced while it is considered: the old text has its job, and the new file gets its own")
    func replaced() throws {
        let path = spool.folder.appendingPathComponent("picnic.nuwa")
        let new = spool.root.appendingPathComponent("new")
        try "0:00 Lulu sits.\n".write(to: new, atomically: false, encoding: .utf8)
        let handler = TestHandler(store: spool.handler.store) { _ in rename(new.path, path.path) }
        try spool.drop("picnic.nuwa")
        try spool.scanOnce(handler)
        #expect(try spool.names() == ["picnic.nuwa"])
        #expect(try spool.names(in: "accepted") == [])
        try spool.scanOnce()
        let scripts = try spool.jobs.map { try spool.handler.store.script(of: $0.id) }
        #expect(scripts == ["0:00 Pim walks.\n", "0:00 Lulu sits.\n"])
        #expect(try spool.names(in: "accepted") == ["picnic.nuwa"])
    }

    @Test("When the handler cannot decide now, the file stays, and it is said once")
    func postponed() throws {
        struct DiskFull: Error, CustomStringConvertible { let description = "no space left" }
        let handler = TestHandler(store: spool.handler.store) { _ in throw DiskFull() }
        let intake = Intake(configuration: spool.configuration(settleSeconds: 0), handler: handler)
        try spool.drop("picnic.nuwa")
        for _ in 1...3 { _ = try intake.scan(isStopped: { false }) }
        #expect(
            handler.notices.withLock { $0 } == [.postponed(name: "picnic.nuwa", reason: "no space left")])
        try spool.scanOnce()
        #expect(try spool.jobs.count == 1)
    }

    @Test(
        "A file that cannot be read stays, and it is said once", .enabled(if: geteuid() != 0, "root reads everything"))
    func unreadable() throws {
        let intake = Intake(configuration: spool.configuration(settleSeconds: 0), handler: spool.handler)
        try spool.drop("secret.nuwa")
        chmod(spool.folder.appendingPathComponent("secret.nuwa").path, 0)
        for _ in 1...3 { _ = try intake.scan(isStopped: { false }) }
        let notices = spool.handler.notices.withLock { $0 }
        #expect(notices.count == 1)
        #expect("\(try #require(notices.first))".contains("Permission denied"))
        chmod(spool.folder.appendingPathComponent("secret.nuwa").path, 0o600)
        _ = try intake.scan(isStopped: { false })
        #expect(try spool.jobs.count == 1)
    }

    @Test("nuwad killed at any moment of the intake makes exactly one job of each drop")
    func killed() async throws {
        for number in 1...40 { try spool.drop("\(number).nuwa", "0:00 Number \(number).\n") }
        let root = spool.root.path
        for kills in [3, 11, 1, 7] {
            await #expect(processExitsWith: .signal(SIGKILL)) { [root = root as String, kills = kills as Int] in
                // Dies in the middle of things, on a thread of its own, once some drops have come by.
                let store = try JobStore(path: root + "/nuwa.sqlite")
                let handler = TestHandler(store: store)
                let watcher = SpoolWatcher(
                    configuration: SpoolConfiguration(
                        folder: URL(filePath: root + "/spool"), accepted: URL(filePath: root + "/spool/accepted"),
                        rejected: URL(filePath: root + "/spool/rejected"), settleSeconds: 0, rescanSeconds: 30,
                        pollSeconds: 2,
                        maximumBytes: 1 << 20),
                    handler: handler)
                try watcher.start()
                try wait(for: "\(kills) drops", every: 100) { handler.seen.withLock { $0.count } >= kills }
                kill(getpid(), SIGKILL)
            }
        }
        try spool.scanOnce()
        let store = try JobStore(path: root + "/nuwa.sqlite")
        #expect(try store.jobs().count == 40)
        #expect(try Set(store.jobs().map(\.name)).count == 40)
        #expect(try spool.names(in: "accepted").count == 40)
    }
}
