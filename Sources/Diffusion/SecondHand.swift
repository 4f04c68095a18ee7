import Foundation
import Synchronization

/// A thread that computes beside another one, which waits for it: the pass without the prompt while that one computes the pass with it. It
/// ends with this object.
package final class SecondHand: Sendable {
    /// What the thread shares with this object, which it must not keep alive.
    private final class Desk: Sendable {
        let isTaken = Atomic(false)
        let work = Mutex<(@Sendable () -> Void)?>(nil)
        let begun = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
    }

    private let desk = Desk()

    /// - Parameters:
    ///   - stackBytes: oneDNN compiles kernels on the caller's stack
    ///   - first: what the thread does before anything else, such as to take its place among other threads
    package init(named name: String, stackBytes: Int, first: @escaping @Sendable () -> Void) {
        let thread = Thread { [desk] in
            first()
            while true {
                desk.begun.wait()
                guard let work = desk.work.withLock({ $0 }) else { return }
                work()
                desk.done.signal()
            }
        }
        thread.name = name
        thread.stackSize = stackBytes
        thread.start()
    }

    deinit {
        desk.work.withLock { $0 = nil }
        desk.begun.signal()
    }

    /// Has `theirs` done on the thread while `ours` is done on the caller's, and returns when both are. Where somebody else has the thread,
    /// the caller does both.
    func together(_ theirs: @escaping @Sendable () -> Void, while ours: () -> Void) {
        guard !desk.isTaken.exchange(true, ordering: .acquiringAndReleasing) else {
            theirs()
            return ours()
        }
        defer { desk.isTaken.store(false, ordering: .releasing) }
        desk.work.withLock { $0 = theirs }
        desk.begun.signal()
        ours()
        desk.done.wait()
        desk.work.withLock { $0 = nil }
    }
}
