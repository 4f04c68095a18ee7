import Foundation
import Testing

@testable import JobStore

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
        #expect(recovery.resumed.map(\.id) == [id])
        #expect(recovery.interrupted == [key])
        #expect(recovery.poisoned.isEmpty)
        #expect(try store.job(id)?.state == .queued)
        let row = try store.segments(of: id)[0]
        #expect(row.state == .waiting)
        #expect(row.attempts == 1)
        #expect(try store.recover() == Recovery(resumed: [], poisoned: [], interrupted: []))
    }

    @Test("A segment that took nuwad down twice is failed, its job with it, and all others go on")
    func poison() throws {
        let store = try JobStore(path: folder.database)
        let bad = try store.runningPicnic()
        let good = try store.runningPicnic()
        let culprit = SegmentKey(job: bad, depth: 1, index: 1)
        for _ in 1...2 {
            try store.apply(.start, to: culprit)
            if try store.recover().poisoned.isEmpty {
                for id in [bad, good] { try store.apply(.start, to: id) }
            }
        }
        #expect(try store.job(good)?.state == .queued)
        let state = try #require(try store.job(bad)?.state)
        #expect(
            state
                == .failed(
                    reason:
                        "nuwad died 2 times while it rendered d1s001, so this job is left alone; `nuwactl retry \(bad)` tries again"
                ))
        #expect(try store.segments(of: bad)[2].state == .failed(reason: "nuwad died 2 times while it was running"))
        #expect(try store.nextRunnable()?.id == good)

        try store.apply(.retry, to: bad)
        #expect(try store.segments(of: bad)[2].attempts == 0)
    }

    @Test("The limit of attempts is the caller's")
    func limit() throws {
        let store = try JobStore(path: folder.database)
        let id = try store.runningPicnic()
        let key = SegmentKey(job: id, depth: 0, index: 0)
        for _ in 1...4 {
            try store.apply(.start, to: key)
            #expect(try store.recover(poisonLimit: 5).poisoned.isEmpty)
            try store.apply(.start, to: id)
        }
        try store.apply(.start, to: key)
        #expect(try store.recover(poisonLimit: 5).poisoned.map(\.id) == [id])
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
        try store.checkIntegrity()
        #expect(try store.jobs(in: [.running]).count == 1)
        #expect(try store.recover().interrupted.count == 1)
        #expect(try store.nextRunnable()?.name == "picnic.nuwa")
    }
}
