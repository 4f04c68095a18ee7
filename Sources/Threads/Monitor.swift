import Glibc

/// A value that threads look at and change one at a time, and wait on until it is as they want it: by a clock that is never set. Foundation's
/// conditions and a `DispatchSemaphore` on Linux go by the time of day: when that is set back by an hour, who waits for two seconds sleeps an
/// hour longer.
///
/// `@unchecked`: the value is touched only while the mutex is held.
package final class Monitor<Value>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    package init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Whom a change wakes, of those that wait.
    package enum Woken {
        case one, all
    }

    package func change<Result>(waking woken: Woken, _ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        switch woken {
        case .one: pthread_cond_signal(condition)
        case .all: pthread_cond_broadcast(condition)
        }
        return body(&value)
    }

    /// Waits until the value is as wanted, or for so many seconds (nil: however long it takes), and then uses it.
    package func wait<Result>(
        atMost seconds: Double? = nil, until isWanted: (Value) -> Bool, then body: (inout Value) -> Result
    ) -> Result {
        let end = seconds.map(Self.time(after:))
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isWanted(value) {
            if var end {
                if pthread_cond_timedwait(condition, mutex, &end) == ETIMEDOUT { break }
            } else {
                pthread_cond_wait(condition, mutex)
            }
        }
        return body(&value)
    }

    private static func time(after seconds: Double) -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let nanoseconds = time.tv_nsec + Int(min(max(0, seconds), 1e6) * 1e9)
        time.tv_sec += nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        return time
    }
}
