import Foundation
import Plans
import TestSupport
import Testing

@testable import Jobs

/// Whose turn it is, how a job is blocked, and what is kept of the mode.
struct TurnTests {
    private let folder: TemporaryFolder
    private let store: JobStore

    init() throws {
        folder = try TemporaryFolder()
        store = try JobStore(path: folder.database)
    }

    private func accept(_ owner: UInt32, priority: Int = 0) throws -> Int64 {
        try store.accept(
            NewJob(
                name: "picnic.nuwa", script: "0:00 Pim walks.\n", scriptHash: "abc", dropKey: nil, owner: owner,
                priority: priority, frames: 226, fps: 24, seed: 42, model: "cartoon")
        ).job.id
    }

    @Test("Owners take turns; an owner's own jobs come by priority and age")
    func turns() throws {
        let pim = try (1...4).map { _ in try accept(1000) }
        let urgent = try accept(1000, priority: 9)
        let lulu = try accept(1001)
        #expect(try store.turns(limit: 10).map(\.id) == [urgent, lulu] + pim)
        #expect(try store.overview(limit: 10).owners.map(\.owner) == [1000, 1001])
        try store.apply(.start, to: urgent)
        #expect(try store.turns(limit: 10).map(\.id) == [urgent, lulu] + pim)
        // Now that one of the first runs, it is the second's turn.
        #expect(try store.overview(limit: 10).owners.map(\.owner) == [1001, 1000])
        // However few are asked for, nobody is left out.
        #expect(try store.turns(limit: 1).map(\.id) == [urgent, lulu])
    }

    @Test("How many jobs are before one is what the order of turns says")
    func before() throws {
        for owner in [1000, 1000, 1000, 1001, 1001, 1002, 1000] as [UInt32] { _ = try accept(owner) }
        try store.apply(.start, to: 1)
        let order = try store.overview(limit: 100).unfinished
        for (place, job) in order.enumerated() where job.state == .queued {
            #expect(try store.jobsBefore(job) == place)
        }
    }

    @Test("A fault that does not end is met ever more rarely, and getting on makes that good")
    func backoff() throws {
        let id = try accept(1000)
        try store.plan([(.global, 20)], for: id)
        var waits: [Double] = []
        for _ in 1...9 {
            let job = try store.apply(.block(reason: "no disk"), to: id)
            waits.append(try #require(job.state.until).timeIntervalSinceNow.rounded())
            #expect(try store.blockedJobs(dueAt: Date(), limit: 9).isEmpty)
            #expect(try store.blockedJobs(dueAt: Date() + 601, limit: 9) == [id])
            #expect(try store.blockedJobs(dueAt: Date() - 86_400, limit: 9) == [id], "the clock was set back")
            try store.apply(.unblock, to: id)
        }
        #expect(waits == [5, 10, 20, 40, 80, 160, 320, 600, 600])
        try store.apply(.start, to: SegmentKey(job: id, segment: .global))
        try store.apply(.finish(seconds: 1), to: SegmentKey(job: id, segment: .global))
        #expect(try store.job(id)?.faults == 0)
    }

    @Test("A paused renderer stays paused across a restart, a drain does not")
    func mode() throws {
        let paused = Mode.paused(by: "pim", since: Date(timeIntervalSince1970: 1_800_000_000))
        try store.keep(paused)
        try store.close()
        let again = try JobStore(path: folder.database)
        #expect(try again.mode() == paused)
        try again.keep(.draining(by: "pim", since: Date()))
        #expect(try again.mode() == .rendering)
    }

    @Test("A name means scripts of that name with any ending, but no other name that begins so")
    func names() throws {
        for name in ["picnic.nuwa", "picnic.v2.nuwa", "picnic", "pic.nuwa"] {
            _ = try store.accept(
                NewJob(
                    name: name, script: "", scriptHash: "", dropKey: nil, frames: 16, fps: 24, seed: 1, model: "cartoon"
                ))
        }
        #expect(try store.jobs(JobQuery(name: "picnic")).map(\.name) == ["picnic.nuwa", "picnic"])
        #expect(try store.jobs(JobQuery(name: "picnic.v2")).map(\.name) == ["picnic.v2.nuwa"])
        #expect(try store.jobs(JobQuery(name: "picnic", newestFirst: true, limit: 1)).map(\.id) == [3])
        #expect(try store.jobs(JobQuery(states: [.done])).isEmpty)
        #expect(try store.jobs(JobQuery(after: 2, limit: 1)).map(\.id) == [3])
    }

    @Test("Only a job that is not over can be given a priority")
    func priority() throws {
        let id = try accept(1000)
        #expect(try store.prioritise(id, 7).priority == 7)
        #expect(try store.events(of: id).last?.message == "0 to 7")
        try store.apply(.cancel, to: id)
        #expect(throws: IllegalTransition.self) { try store.prioritise(id, 8) }
    }
}
