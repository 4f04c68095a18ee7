/// What threads are to do, until there is no more to come: whoever puts something in goes on at once, whoever takes something out waits for it.
package final class WorkQueue<Work: Sendable>: Sendable {
    private struct Contents {
        /// Oldest first.
        var waiting: [Work] = []
        var isClosed = false
    }

    private let limit: Int
    private let contents = Monitor(Contents())

    /// - Parameter limit: how many may wait at a time
    package init(limit: Int = .max) { self.limit = limit }

    /// - Returns: false where too many wait already, or nothing is taken any more
    @discardableResult
    package func put(_ work: Work) -> Bool {
        contents.change(waking: .one) { contents in
            guard contents.waiting.count < limit, !contents.isClosed else { return false }
            contents.waiting.append(work)
            return true
        }
    }

    /// nil when nothing waits and nothing will come.
    package func takeOldest() -> Work? { take { $0.removeFirst() } }

    /// The same of what came last.
    package func takeNewest() -> Work? { take { $0.removeLast() } }

    private func take(_ choose: (inout [Work]) -> Work) -> Work? {
        contents.wait(until: { $0.isClosed || !$0.waiting.isEmpty }) { contents in
            contents.waiting.isEmpty ? nil : choose(&contents.waiting)
        }
    }

    /// All that has come, which may be nothing after so many seconds; nil once it is closed, whatever waits.
    /// - Parameter gathering: so many seconds others may follow the first, to be taken with it
    package func takeAll(waitingAtMost seconds: Double, gathering: Double) -> [Work]? {
        let hasSome = contents.wait(atMost: seconds, until: { $0.isClosed || !$0.waiting.isEmpty }) {
            !$0.waiting.isEmpty
        }
        return contents.wait(atMost: hasSome ? gathering : 0, until: { $0.isClosed }) { contents in
            defer { contents.waiting = [] }
            return contents.isClosed ? nil : contents.waiting
        }
    }

    /// Nothing comes any more. What waits can still be taken one by one.
    package func close() { contents.change(waking: .all) { $0.isClosed = true } }
}
