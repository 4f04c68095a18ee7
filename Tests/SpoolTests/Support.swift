import Foundation
import JobStore
import Synchronization
import Testing

@testable import Spool

/// A spool in a folder that goes away with its test, with a real database behind it.
final class TestSpool: Sendable {
    let root: URL
    let folder: URL
    let handler: TestHandler

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("nuwa-\(UUID().uuidString)")
        folder = root.appendingPathComponent("spool")
        for name in ["accepted", "rejected"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        handler = TestHandler(store: try JobStore(path: root.appendingPathComponent("nuwa.sqlite").path))
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    /// A configuration that settles quickly and scans only when told to, so that a test knows what found its file.
    func configuration(
        settle: Double = 0.05, scanInterval: Double = 3600, maximumBytes: Int = 1000
    ) -> SpoolConfiguration {
        SpoolConfiguration(
            folder: folder, settle: settle, scanInterval: scanInterval, maximumBytes: maximumBytes)
    }

    /// Runs a watcher while `body` runs.
    func watching(
        _ configuration: SpoolConfiguration? = nil, _ body: (SpoolWatcher) async throws -> Void
    ) async throws {
        let watcher = SpoolWatcher(configuration: configuration ?? self.configuration(), handler: handler)
        try watcher.start()
        defer { watcher.stop() }
        try await body(watcher)
    }

    /// One look at the whole folder, without a watcher: what a nuwad does that dies right after.
    func scanOnce(_ handler: (any SpoolHandler)? = nil) throws {
        _ = try Intake(configuration: configuration(settle: 0), handler: handler ?? self.handler)
            .scan(isStopped: { false })
    }

    /// Writes a file elsewhere and renames it into the spool.
    func drop(_ name: String, _ text: String = "0:00 Pim walks.\n") throws {
        let elsewhere = root.appendingPathComponent(UUID().uuidString)
        try text.write(to: elsewhere, atomically: false, encoding: .utf8)
        try FileManager.default.moveItem(at: elsewhere, to: folder.appendingPathComponent(name))
    }

    func names(in folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self.folder.appendingPathComponent(folder).path)
            .filter { folder != "" || !["accepted", "rejected"].contains($0) }.sorted()
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }

    var jobs: [Job] { get throws { try handler.store.jobs() } }
}

/// What the daemon does with a drop, with "bad" in a script for a script that is wrong.
final class TestHandler: SpoolHandler {
    let store: JobStore
    let seen = Mutex<[Drop]>([])
    let movedFiles = Mutex<[URL]>([])
    let notices = Mutex<[SpoolNotice]>([])
    /// Called before each drop is considered.
    let before: @Sendable (Drop) throws -> Void

    init(store: JobStore, before: @escaping @Sendable (Drop) throws -> Void = { _ in }) {
        self.store = store
        self.before = before
    }

    func consider(_ drop: Drop) throws -> Verdict {
        seen.withLock { $0.append(drop) }
        try before(drop)
        if drop.text.contains("bad") {
            return .reject(["\(drop.name):1:1: error: bad", "\(drop.name):2:1: error: worse"])
        }
        _ = try store.accept(
            NewJob(
                name: drop.name, script: drop.text, scriptHash: drop.hash, dropKey: drop.key, frames: 16, fps: 24,
                seed: 1, model: "cartoon"))
        return .accept
    }

    func moved(_ drop: Drop, to file: URL) {
        movedFiles.withLock { $0.append(file) }
        do { try store.dropMoved(key: drop.key) } catch { Issue.record(error) }
    }

    func notice(_ notice: SpoolNotice) { notices.withLock { $0.append(notice) } }
}
