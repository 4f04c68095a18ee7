/// Wakes a thread that waits for it.
package final class Alarm: Sendable {
    private let hasRung = Monitor(false)

    package init() {}

    package func ring() { hasRung.change(waking: .one) { $0 = true } }

    /// Returns when it has rung since the last wait, or after so many seconds.
    package func wait(atMost seconds: Double) {
        hasRung.wait(atMost: seconds, until: { $0 }, then: { $0 = false })
    }
}
