import Synchronization
import Jobs
import Foundation
import TestSupport
import Testing

@testable import Spool

/// How files may come into the drop folder. Real files, real inotify, a real database.
struct ArrivalTests {
    private let spool: TestSpool

    init() throws { spool = try TestSpool() }

    @Test("A file renamed into place is taken at once, without waiting for quiet")
    func renamed() async throws {
        try await spool.watching(spool.configuration(settleSeconds: 3600)) { _ in
            try spool.drop("before the first scan.nuwa")
            try wait(for: "inotify to work") { try hintsArrive() }
            try spool.drop("picnic.nuwa", "0:00 Pim walks. Grüße 🦕\n")
            try wait(for: "the job") { try spool.jobs.contains { $0.name == "picnic.nuwa" } }
            let job = try #require(try spool.jobs.first { $0.name == "picnic.nuwa" })
            #expect(try spool.handler.store.script(of: job.id) == "0:00 Pim walks. Grüße 🦕\n")
            try wait(for: "the file to be moved") { try spool.names(in: "accepted").contains("picnic.nuwa") }
        }
    }

    /// Drops files until one is taken by its hint, which says that inotify listens.
    private func hintsArrive() throws -> Bool {
        try spool.drop("probe-\(UUID().uuidString).nuwa")
        return try spool.jobs.contains { $0.name.hasPrefix("probe") }
    }

    @Test("A slow writer's file is taken once, whole, when it is closed")
    func slowWriter() async throws {
        try await spool.watching { _ in
            try wait(for: "inotify to work") { try hintsArrive() }
            let path = spool.folder.appendingPathComponent("slow.nuwa").path
            // Not `createFile`, which renames an empty file into place: then it counts as complete.
            let file = FileHandle(fileDescriptor: open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644))
            var text = ""
            for part in ["seed 42\n", "\n", "0:00 Pim walks.\n"] {
                try file.write(contentsOf: Data(part.utf8))
                text += part
                // A pause much longer than `settleSeconds`: another file comes and goes meanwhile.
                let marker = "marker-\(text.utf8.count).nuwa"
                let written = spool.folder.appendingPathComponent(marker)
                try "0:00 Lulu sits.\n".write(to: written, atomically: false, encoding: .utf8)
                try wait(for: "\(marker) to be taken") { try spool.jobs.contains { $0.name == marker } }
                #expect(try !spool.jobs.contains { $0.name == "slow.nuwa" })
            }
            try file.close()
            try wait(for: "the slow file to be taken") { try spool.jobs.contains { $0.name == "slow.nuwa" } }
            let jobs = try spool.jobs.filter { $0.name == "slow.nuwa" }
            #expect(jobs.count == 1)
            #expect(try spool.handler.store.script(of: jobs[0].id) == text)
        }
    }

    @Test("Temporary names are ignored until they are renamed")
    func temporaryNames() async throws {
        let names = [".hidden", "a.nuwa~", "a.part", "a.partial", "a.filepart", "a.crdownload", "a.TMP", "a.swp"]
        for name in names { try spool.drop(name) }
        try await spool.watching(spool.configuration(settleSeconds: 0)) { watcher in
            try spool.drop("first.nuwa")
            try wait(for: "the first file to be moved") { try !spool.names().contains("first.nuwa") }
            #expect(try spool.jobs.count == 1)
            #expect(try spool.names() == names.sorted())
            try FileManager.default.moveItem(
                at: spool.folder.appendingPathComponent("a.part"), to: spool.folder.appendingPathComponent("a.nuwa"))
            try wait(for: "the renamed one to be taken") { try spool.jobs.contains { $0.name == "a.nuwa" } }
        }
        #expect(try spool.jobs.count == 2)
        #expect(spool.handler.notices.withLock { $0 } == [])
    }

    @Test("Files that are there before the start are found by the scan, oldest first")
    func before() async throws {
        for name in ["c.nuwa", "a.nuwa", "b.nuwa"] { try spool.drop(name, "0:00 \(name)\n") }
        try await spool.watching { _ in
            try wait(for: "all to be taken") { try spool.jobs.count == 3 }
        }
        #expect(try spool.names(in: "accepted") == ["a.nuwa", "b.nuwa", "c.nuwa"])
        #expect(try Set(spool.jobs.map(\.name)) == ["a.nuwa", "b.nuwa", "c.nuwa"])
    }

    @Test("500 files in a burst become 500 jobs")
    func burst() async throws {
        try await spool.watching { _ in
            for number in 1...500 {
                if number.isMultiple(of: 2) {
                    try spool.drop("\(number).nuwa", "0:00 Number \(number).\n")
                } else {
                    try "0:00 Number \(number).\n".write(
                        to: spool.folder.appendingPathComponent("\(number).nuwa"), atomically: false, encoding: .utf8)
                }
            }
            try wait(for: "all files to be moved", patience: 300) { try spool.names(in: "accepted").count == 500 }
        }
        let jobs = try spool.jobs
        #expect(jobs.count == 500)
        for job in jobs {
            #expect(
                try spool.handler.store.script(of: job.id) == "0:00 Number \(job.name.dropLast(5)).\n", "\(job.name)")
        }
        #expect(try spool.names() == [])
    }

    @Test("Without inotify's help a scan finds everything")
    func scanOnly() async throws {
        try spool.drop("one.nuwa")
        try spool.scanOnce()
        try spool.drop("two.nuwa")
        try spool.scanOnce()
        #expect(try spool.jobs.map(\.name) == ["one.nuwa", "two.nuwa"])
    }

    @Test("When inotify lost events, the whole folder is scanned, and writers it told of are not waited for")
    func overflow() async throws {
        let inbox = Inbox()
        let handler = spool.handler
        let configuration = spool.configuration()
        Thread.detachNewThread { SpoolLoop(configuration: configuration, handler: handler, inbox: inbox).run() }
        defer { inbox.put { $0.stop = true } }
        try wait(for: "inotify to work") { try hintsArrive() }

        let path = spool.folder.appendingPathComponent("open.nuwa").path
        // Opened once: a file that was closed before it is written to would count, however short a time that is.
        let file = FileHandle(fileDescriptor: open(path, O_WRONLY | O_CREAT, 0o644), closeOnDealloc: true)
        try file.write(contentsOf: Data("0:00 Pim walks.\n".utf8))
        try spool.drop("marker.nuwa")
        try wait(for: "the marker to be taken") { try spool.jobs.contains { $0.name == "marker.nuwa" } }
        #expect(try !spool.jobs.contains { $0.name == "open.nuwa" })
        inbox.put { $0.events.append(.overflow) }
        try wait(for: "the open file to be taken") { try spool.jobs.contains { $0.name == "open.nuwa" } }
        #expect(handler.notices.withLock { $0 } == [.overflow])
        try file.close()
    }

    @Test("When the drop folder is removed and made again, files are taken again")
    func folderMadeAgain() async throws {
        try await spool.watching(spool.configuration(settleSeconds: 0)) { watcher in
            try wait(for: "inotify to work") { try hintsArrive() }
            // Again where the intake has just moved a file into a folder of it.
            try wait(for: "the folder to be gone") {
                try? FileManager.default.removeItem(at: spool.folder)
                return !FileManager.default.fileExists(atPath: spool.folder.path)
            }
            try wait(for: "it to be said") {
                spool.handler.notices.withLock { $0.contains { if case .noFolder = $0 { true } else { false } } }
            }
            try FileManager.default.createDirectory(at: spool.folder, withIntermediateDirectories: false)
            watcher.scanNow()
            try spool.drop("again.nuwa")
            try wait(for: "the file to be taken") { try spool.jobs.contains { $0.name == "again.nuwa" } }
            let notices = spool.handler.notices.withLock { $0.map(\.description) }
            #expect(Set(notices).count == notices.count, "nothing is said twice")
        }
    }

    @Test("When another folder takes the drop folder's place, its files are heard of, and no longer the old one's")
    func folderReplaced() async throws {
        try await spool.watching(spool.configuration(settleSeconds: 0)) { watcher in
            try wait(for: "inotify to work") { try hintsArrive() }
            let old = spool.root.appendingPathComponent("old")
            try FileManager.default.moveItem(at: spool.folder, to: old)
            try FileManager.default.createDirectory(at: spool.folder, withIntermediateDirectories: false)
            watcher.scanNow()
            try spool.drop("scanned.nuwa")
            try wait(for: "the scan") { try spool.jobs.contains { $0.name == "scanned.nuwa" } }
            // The next scan is an hour away, so only a hint can tell of this one.
            try spool.drop("heard.nuwa")
            try wait(for: "a hint of the new folder") { try spool.jobs.contains { $0.name == "heard.nuwa" } }
        }
    }

    @Test("A link or a file in the place of accepted/ or rejected/ is set aside, and the intake goes on")
    func folderOfOurs() async throws {
        for name in ["accepted", "rejected"] {
            try FileManager.default.removeItem(at: spool.folder.appendingPathComponent(name))
        }
        symlink("/nonexistent", spool.folder.path + "/accepted")
        try Data("a file".utf8).write(to: spool.folder.appendingPathComponent("rejected"))
        try spool.drop("one.nuwa")
        try spool.drop("wrong.nuwa", "bad\n")
        try await spool.watching { _ in
            try wait(for: "both to be dealt with") {
                (try? spool.text("accepted/one.nuwa")) == "0:00 Pim walks.\n"
                    && (try? spool.text("rejected/wrong.nuwa")) == "bad\n"
            }
        }
    }

    @Test("Two watchers in one process each hear of their own folder")
    func two() async throws {
        let other = try TestSpool()
        try await spool.watching { _ in
            try await other.watching { _ in
                try spool.drop("here.nuwa")
                try other.drop("there.nuwa")
                try wait(for: "both to be taken") { try spool.jobs.count == 1 && other.jobs.count == 1 }
                #expect(try other.jobs[0].name == "there.nuwa")
            }
            try spool.drop("still here.nuwa")
            try wait(for: "the other one, which still listens") { try spool.jobs.count == 2 }
        }
    }

    @Test("Whoever asks hears for how long a look has gone on, and nothing while none does")
    func busy() async throws {
        let goOn = DispatchSemaphore(value: 0)
        let handler = TestHandler(store: spool.handler.store) { _ in goOn.wait() }
        let watcher = SpoolWatcher(configuration: spool.configuration(), handler: handler)
        try watcher.start()
        defer { watcher.stop() }
        try wait(for: "the first look to end") { watcher.busyFor == nil }
        try spool.drop("slow.nuwa")
        try wait(for: "the handler to hang") { watcher.busyFor ?? .zero > .milliseconds(200) }
        goOn.signal()
        try wait(for: "the look to end") { watcher.busyFor == nil }
        #expect(try spool.jobs.map(\.name) == ["slow.nuwa"])
    }

    @Test("Stopping does not wait for inotify, and can be done twice")
    func stop() throws {
        let watcher = SpoolWatcher(configuration: spool.configuration(), handler: spool.handler)
        try watcher.start()
        watcher.stop()
        watcher.stop()
        try spool.drop("late.nuwa")
        #expect(try spool.names() == ["late.nuwa"])
    }
}
