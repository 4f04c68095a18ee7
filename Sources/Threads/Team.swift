import Foundation

/// A fixed number of threads that work through numbered jobs side by side. A job of one number is always done by the same thread, so
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
                    for job in stride(from: member, to: round.jobs, by: size) { round.body(job) }
                    state.finished(member)
                }
            }
            thread.stackSize = 16 << 20
            thread.start()
        }
    }

    deinit { state.stop() }

    /// Does jobs 0 ..< `jobs`, and returns their results in that order. The first error, in that order too, is thrown.
    package func map<Result: Sendable>(
        _ jobs: Int, _ body: @escaping @Sendable (Int) throws -> Result
    ) throws -> [Result] {
        let results = Results<Result>(count: jobs)
        state.run(jobs: jobs) { job in results[job] = Swift.Result { try body(job) } }
        return try results.all()
    }

    private final class Results<Value: Sendable>: @unchecked Sendable {
        private let lock = NSLock()
        private var values: [Result<Value, any Error>?]

        init(count: Int) { values = .init(repeating: nil, count: count) }

        subscript(job: Int) -> Result<Value, any Error>? {
            get { lock.withLock { values[job] } }
            set { lock.withLock { values[job] = newValue } }
        }

        func all() throws -> [Value] { try lock.withLock { try values.map { try $0!.get() } } }
    }

    /// What the members wait for, under one lock.
    private final class State: @unchecked Sendable {
        struct Round {
            let jobs: Int
            let body: @Sendable (Int) -> Void
        }

        private let condition = NSCondition()
        private var round: Round?
        private var waiting: Set<Int> = []
        private var isStopped = false
        private let size: Int

        init(size: Int) { self.size = size }

        func run(jobs: Int, _ body: @escaping @Sendable (Int) -> Void) {
            condition.withLock {
                round = Round(jobs: jobs, body: body)
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
