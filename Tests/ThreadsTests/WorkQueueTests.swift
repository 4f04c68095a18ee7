import Foundation
import Synchronization
import TestSupport
import Testing
import Threads

@Suite struct WorkQueueTests {
    private let queue = WorkQueue<Int>()

    @Test("Oldest or newest come out as asked for; what waits when it is closed still comes, and then no more")
    func order() {
        for number in 1...4 { #expect(queue.put(number)) }
        #expect(queue.takeOldest() == 1)
        #expect(queue.takeNewest() == 4)
        queue.close()
        #expect(!queue.put(5))
        #expect(queue.takeOldest() == 2)
        #expect(queue.takeNewest() == 3)
        #expect(queue.takeOldest() == nil && queue.takeNewest() == nil)
    }

    @Test("No more wait than may")
    func limit() {
        let two = WorkQueue<Int>(limit: 2)
        #expect(two.put(1) && two.put(2) && !two.put(3))
        #expect(two.takeOldest() == 1)
        #expect(two.put(3))
    }

    @Test("Threads that wait get each piece of work once, and all of them end when it is closed")
    func threads() throws {
        let (queue, count, results) = (queue, 8, Results())
        for _ in 0..<count {
            Thread.detachNewThread {
                while let number = queue.takeOldest() { results.add(number) }
                results.end()
            }
        }
        for number in 0..<1000 { queue.put(number) }
        try wait(for: "all work") { results.numbers.count == 1000 }
        #expect(results.ended == 0)
        queue.close()
        try wait(for: "all threads") { results.ended == count }
        #expect(Set(results.numbers) == Set(0..<1000))
    }

    @Test("Those that follow the first soon come with it; nothing comes when the time is up, and nil once it is closed")
    func all() throws {
        #expect(queue.takeAll(waitingAtMost: 0.01, gathering: 3600) == [])
        queue.put(1)
        Thread.detachNewThread { [queue] in queue.put(2) }
        var taken: [Int] = []
        try wait(for: "both") {
            taken += queue.takeAll(waitingAtMost: 60, gathering: 0.01) ?? []
            return taken.count == 2
        }
        #expect(taken == [1, 2])
        queue.put(3)
        Thread.detachNewThread { [queue] in queue.close() }
        #expect(queue.takeAll(waitingAtMost: 3600, gathering: 3600) == nil)
    }

    @Test("An alarm wakes who waits for it, also where it rang before; else the wait ends when the time is up")
    func alarm() {
        let alarm = Alarm()
        alarm.ring()
        alarm.wait(atMost: 3600)
        let before = ContinuousClock.now
        alarm.wait(atMost: 0.05)
        #expect(before.duration(to: .now) >= .milliseconds(50), "it rang for the wait before")
        Thread.detachNewThread { alarm.ring() }
        alarm.wait(atMost: 3600)
    }

    private final class Results: Sendable {
        private let found = Mutex<(numbers: [Int], ended: Int)>(([], 0))

        var numbers: [Int] { found.withLock(\.numbers) }
        var ended: Int { found.withLock(\.ended) }

        func add(_ number: Int) { found.withLock { $0.numbers.append(number) } }
        func end() { found.withLock { $0.ended += 1 } }
    }
}
