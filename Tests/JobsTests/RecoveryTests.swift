import Foundation
import Testing

@testable import Jobs

struct RecoveryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A start after a crash queues the running job again and keeps the attempt of its running segment")
    func interrupted() throws {
        let id = try JobStore(path: folder.database).runningPicnic()
        let key = SegmentKey(job: id, depth: 0, index: 0)
        try JobStore(path: folder.database).apply(.start, to: key)

        let store = try JobStore(path: folder.database)
        let recovery = try store.recover()
        #expect(recovery.requeued.map(\.id) == [id])
        #expect(try store.interrupted() == [key])
        #expect(recovery.culprits.isEmpty)
        #expect(try store.job(id)?.state == .queued)
        let row = try store.segments(of: id)[0]
        #expect(row.state == .waiting)
        #expect(row.attempts == 1)
        #expect(try store.recover() == Recovery(requeued: [], culprits: []))
    }

    /// nuwad starts, takes these segments up and dies. Returns what the next start finds.
    private func die(_ store: JobStore, with keys: [SegmentKey]) throws -> Recovery {
        for id in Set(keys.map(\.job)) { try store.apply(.start, to: id) }
        for key in keys { try store.apply(.start, to: key) }
        return try store.recover()
    }

    @Test(
        "A segment that was at work in two deaths is suspected; if nuwad dies of it alone, its job fails and others go on"
    )
    func poison() throws {
        let store = try JobStore(path: folder.database)
        let (bad, good) = (try store.queuedPicnic(), try store.queuedPicnic())
        let culprit = SegmentKey(job: bad, depth: 1, index: 1)
        let innocent = SegmentKey(job: good, depth: 1, index: 0)
        #expect(try die(store, with: [culprit, innocent]).culprits.isEmpty)
        #expect(try store.suspects(of: bad).isEmpty)
        #expect(try die(store, with: [culprit, innocent]).culprits.isEmpty)
        #expect(try store.suspects(of: bad) == [culprit])
        #expect(try store.suspects(of: good) == [innocent])

        let recovery = try die(store, with: [culprit])
        #expect(recovery.culprits.map(\.id) == [bad])
        #expect(recovery.requeued.isEmpty)
        #expect(
            recovery.culprits.first?.state
                == .failed(
                    reason: "nuwad died 3 times while it rendered d1s001, the last time with nothing else at work, "
                        + "so this job is left alone; `nuwactl retry \(bad)` tries again"))
        #expect(try store.segments(of: bad)[2].state == .failed(reason: "nuwad died 3 times while it was running"))
        #expect(try store.jobs(in: [.queued]).map(\.id) == [good])

        try store.apply(.retry, to: bad)
        #expect(try store.segments(of: bad)[2].attempts == 0)
        #expect(try store.suspects(of: bad).isEmpty)
    }

    @Test("Segments at work together are blamed for no death, however many there are")
    func company() throws {
        let store = try JobStore(path: folder.database)
        let id = try store.queuedPicnic()
        let keys = [0, 1].map { SegmentKey(job: id, depth: 1, index: $0) }
        for _ in 1...9 { #expect(try die(store, with: keys).requeued.map(\.id) == [id]) }
        #expect(try store.suspects(of: id) == keys)
    }

    @Test("A film that nuwad died of twice is suspected; if it dies of it alone, the job fails and others go on")
    func poisonousFilm() throws {
        let store = try JobStore(path: folder.database)
        let (bad, good) = (try store.queuedPicnic(), try store.queuedPicnic())
        let innocent = SegmentKey(job: good, depth: 0, index: 0)
        func die(with keys: [SegmentKey]) throws -> Recovery {
            for id in Set([bad] + keys.map(\.job)) { try store.apply(.start, to: id) }
            try store.apply(.start, toFilmOf: bad)
            for key in keys { try store.apply(.start, to: key) }
            return try store.recover()
        }
        for death in 1...4 {
            #expect(try die(with: [innocent]).culprits.isEmpty, "in company nobody is to blame")
            #expect(try store.suspectsFilm(of: bad) == (death >= 2))
        }
        let recovery = try die(with: [])
        #expect(recovery.culprits.map(\.id) == [bad])
        #expect(recovery.culprits.first?.state.reason?.contains("while it put the film together") == true)
        #expect(try store.jobs(in: [.queued]).map(\.id) == [good])

        try store.apply(.retry, to: bad)
        #expect(try store.suspectsFilm(of: bad) == false)
    }

    @Test(
        "A film that is given back, or whose job leaves `running`, counts no attempt",
        arguments: [JobEvent.cancel, .block(reason: "disk full"), .interrupt, .fail(reason: "no ink")])
    func filmGivenBack(event: JobEvent) throws {
        let store = try JobStore(path: folder.database)
        let id = try store.runningPicnic()
        for _ in 1...5 {
            try store.apply(.start, toFilmOf: id)
            try store.apply(.giveBack, toFilmOf: id)
        }
        try store.apply(.start, toFilmOf: id)
        #expect(throws: IllegalTransition.self) { try store.apply(.start, toFilmOf: id) }
        try store.apply(event, to: id)
        #expect(throws: IllegalTransition.self) { try store.apply(.giveBack, toFilmOf: id) }
        #expect(try store.suspectsFilm(of: id) == false)
        #expect(try store.recover().culprits.isEmpty)
    }

    @Test("A suspect that is made is one no more")
    func acquitted() throws {
        let store = try JobStore(path: folder.database)
        let id = try store.queuedPicnic()
        let key = SegmentKey(job: id, depth: 0, index: 0)
        for _ in 1...2 { _ = try die(store, with: [key]) }
        #expect(try store.suspects(of: id) == [key])
        try store.apply(.start, to: id)
        try store.apply(.start, to: key)
        try store.apply(.finish(seconds: 1), to: key)
        #expect(try store.suspects(of: id).isEmpty)
    }

    @Test("What was accepted is there after kill -9")
    func killed() async throws {
        let path = folder.database
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let id = try JobStore(path: path).runningPicnic()
            try JobStore(path: path).apply(.start, to: SegmentKey(job: id, depth: 0, index: 0))
            kill(getpid(), SIGKILL)
        }
        let store = try JobStore(path: path)
        #expect(try store.jobs(in: [.running]).count == 1)
        _ = try store.recover()
        #expect(try store.interrupted().count == 1)
        #expect(try store.jobs(in: [.queued]).map(\.name) == ["picnic.nuwa"])
    }
}
