import Foundation

/// A fixed number of threads that work through the numbered parts of something side by side. A part of one number is always done by the same thread, so
/// that its engine has the buffers and primitives for it.
package final class Team: Sendable {
    package let size: Int
    private let state: State

    package init(size: Int) {
        self.size = size
        state = State(size: size)
        for member in 0..<size {
            let thread = Thread { [state] in
                while let round = state.nextRound(member) {
                    for part in stride(from: member, to: round.parts, by: size) { round.body(part) }
                    state.finished(member)
                }
            }
            thread.stackSize = 16 << 20
            thread.start()
        }
    }

    deinit { state.stop() }

    /// Does the parts 0 ..< `parts`, and returns their results in that order. The first error, in that order too, is thrown.
    package func map<Result: Sendable>(
        _ parts: Int, _ body: @escaping @Sendable (Int) throws -> Result
    ) throws -> [Result] {
        let results = Results<Result>(count: parts)
        state.run(parts: parts) { part in results[part] = Swift.Result { try body(part) } }
        return try results.all()
    }

    private final class Results<Value: Sendable>: @unchecked Sendable {
        private let lock = NSLock()
        private var values: [Result<Value, any Error>?]

        init(count: Int) { values = .init(repeating: nil, count: count) }

        subscript(part: Int) -> Result<Value, any Error>? {
            get { lock.withLock { values[part] } }
            set { lock.withLock { values[part] = newValue } }
        }

        func all() throws -> [Value] { try lock.withLock { try values.map { try $0!.get() } } }
    }

    /// What the members wait for, under one lock.
    private final class State: @unchecked Sendable {
        struct Round {
            let parts: Int
            let body: @Sendable (Int) -> Void
        }

        private let condition = NSCondition()
        private var round: Round?
        private var waiting: Set<Int> = []
        private var isStopped = false
        private let size: Int

        init(size: Int) { self.size = size }

        func run(parts: Int, _ body: @escaping @Sendable (Int) -> Void) {
            condition.withLock {
                round = Round(parts: parts, body: body)
                waiting = Set(0..<size)
                condition.broadcast()
                while round != nil { condition.wait() }
            }
        }

        func nextRound(_ member: Int) -> Round? {
            condition.withLock {
                while !isStopped {
                    if let round, waiting.remove(member) != nil {
                        unfinished += 1
                        return round
                    }
                    condition.wait()
                }
                return nil
            }
        }

        private var unfinished = 0

        func finished(_ member: Int) {
            condition.withLock {
                unfinished -= 1
                if unfinished == 0, waiting.isEmpty {
                    round = nil
                    condition.broadcast()
                }
            }
        }

        func stop() {
            condition.withLock {
                isStopped = true
                condition.broadcast()
            }
        }
    }
}
