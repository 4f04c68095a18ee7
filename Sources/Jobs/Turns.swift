/// In which order jobs are worked on where several owners share the machine. Pure.
///
/// Owners take turns: first comes the first job of each owner, then the second of each, and so on; within such a round
/// what runs already, then the oldest. So twenty jobs of one owner are no more in the way of another's one than one is.
enum Turns {
    /// One owner's jobs, first what runs, then what waits by priority and age.
    struct Queue {
        var running: [Job]
        var waiting: [Job]

        var jobs: [Job] { running + waiting }
    }

    static func interleave(_ queues: [Queue]) -> [Job] {
        struct Place: Comparable {
            let round: Int
            let waits: Int
            let job: Int64

            static func < (left: Place, right: Place) -> Bool {
                (left.round, left.waits, left.job) < (right.round, right.waits, right.job)
            }
        }
        return queues.flatMap { queue in
            queue.jobs.enumerated().map { round, job in
                (Place(round: round, waits: round < queue.running.count ? 0 : 1, job: job.id), job)
            }
        }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// How many of an owner's jobs that wait come before another owner's.
    /// - Parameters:
    ///   - round: of the other's job: how many of its own owner's come before it
    ///   - running: how many jobs of this owner run
    ///   - waiting: how many of them wait
    ///   - isOlder: whether the job that this owner has in that very round is older
    static func before(round: Int, running: Int, waiting: Int, isOlder: () throws -> Bool) rethrows -> Int {
        let inEarlierRounds = max(0, min(waiting, round - running))
        guard round >= running, inEarlierRounds < waiting else { return inEarlierRounds }
        return try inEarlierRounds + (isOlder() ? 1 : 0)
    }
}
