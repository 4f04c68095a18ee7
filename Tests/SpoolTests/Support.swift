import Foundation
import Jobs
import Synchronization
import TestSupport
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
        settleSeconds: Double = 0.05, rescanSeconds: Double = 3600, maximumBytes: Int = 1000
    ) -> SpoolConfiguration {
        SpoolConfiguration(
            folder: folder, accepted: folder.appending(path: "accepted"), rejected: folder.appending(path: "rejected"),
            settleSeconds: settleSeconds, rescanSeconds: rescanSeconds, pollSeconds: min(rescanSeconds, 2),
            maximumBytes: maximumBytes)
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
        _ = try Intake(configuration: configuration(settleSeconds: 0), handler: handler ?? self.handler)
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
    let movedNames = Mutex<[String]>([])
    let notices = Mutex<[SpoolNotice]>([])
    /// Called before each drop is considered.
    let before: @Sendable (Drop) throws -> Void

    init(store: JobStore, before: @escaping @Sendable (Drop) throws -> Void = { _ in }) {
        self.store = store
        self.before = before
    }

    func consider(_ drops: [Drop]) throws -> [Verdict] {
        seen.withLock { $0 += drops }
        for drop in drops { try before(drop) }
        let good = drops.filter { !String(decoding: $0.bytes, as: UTF8.self).contains("bad") }
        _ = try store.accept(
            good.map {
                NewJob(
                    name: $0.name, script: String(decoding: $0.bytes, as: UTF8.self), scriptHash: $0.hash,
                    dropKey: $0.key, dropIsLinked: $0.isLinked, owner: $0.owner, priority: 0, frames: 16, fps: 24,
                    seed: 1,
                    model: "cartoon", stopsAtKeyframes: false, takes: [], edit: nil)
            })
        return drops.map {
            String(decoding: $0.bytes, as: UTF8.self).contains("bad")
                ? .reject(["\($0.name):1:1: error: bad", "\($0.name):2:1: error: worse"]) : .accept
        }
    }

    func refusal(of name: String, withBytes bytes: Int, limit: Int) -> [String] {
        ["\(name) has \(bytes) bytes, \(limit) are taken"]
    }

    func moved(_ drops: [Drop]) {
        movedNames.withLock { $0 += drops.map(\.name) }
        do { try store.dropsMoved(drops.map { ($0.key, $0.name, $0.isLinked) }) } catch { Issue.record(error) }
    }

    func remaining(_ stems: Set<String>) {
        do {
            let gone = try store.pendingDrops().filter { key in !stems.contains { key.hasPrefix($0) } }
            try store.dropsMoved(keys: gone)
        } catch { Issue.record(error) }
    }

    func notice(_ notice: SpoolNotice) { notices.withLock { $0.append(notice) } }
}
