import Foundation
import GRDB
import Plans
import TestSupport

@testable import Jobs

/// A folder that goes away with its test.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("nuwa-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Where a test keeps its database.
    var database: String { url.appendingPathComponent("nuwa.sqlite").path }
}

extension NewJob {
    static func picnic(dropKey: String? = nil, priority: Int = 0, seed: UInt64 = 42) -> NewJob {
        NewJob(
            name: "picnic.nuwa", script: "0:00 Pim walks.\n", scriptHash: "abc", dropKey: dropKey, priority: priority,
            frames: 226, fps: 24, seed: seed, model: "cartoon")
    }
}

extension JobStore {
    /// A job that waits, with a global segment and two local ones.
    func queuedPicnic() throws -> Int64 {
        let id = try accept(.picnic()).job.id
        try plan([(.global, 20), (SegmentID(depth: 1, index: 0), 8), (SegmentID(depth: 1, index: 1), 8)], for: id)
        return id
    }

    /// All segments of a job, by depth and index.
    func segments(of job: Int64) throws -> [SegmentRow] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM segments WHERE job = ? ORDER BY depth, idx", arguments: [job]
            ).map(SegmentRow.init)
        }
    }

    /// The segments of which the log says that nuwad died while they were running, in that order.
    func interrupted() throws -> [SegmentKey] {
        try jobs().flatMap { job in
            try events(of: job.id).compactMap { event in
                guard event.kind == "interrupted", let depth = event.depth, let index = event.segment else {
                    return nil
                }
                return SegmentKey(job: job.id, depth: depth, index: index)
            }
        }
    }

    /// The same, being rendered.
    func runningPicnic() throws -> Int64 {
        let id = try queuedPicnic()
        try apply(.start, to: id)
        return id
    }
}

extension JobState {
    /// `failed: the reason`
    var words: String { reason.map { "\(name.rawValue): \($0)" } ?? name.rawValue }

    /// Of a job that has met no fault.
    func after(_ event: JobEvent, at now: Date) throws -> (state: JobState, effect: JobEffect?) {
        try after(event, at: now, faults: 0)
    }
}
