import Foundation

/// Waits for a condition instead of for a time. The patience is only for what has failed already: nothing that works
/// gets near it.
///
/// - Parameter interval: microseconds between two looks at the condition.
package func wait(
    for what: String, patience seconds: Double = 120, every interval: UInt32 = 2000, until condition: () throws -> Bool
) throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while try !condition() {
        guard clock.now < end else { throw Impatience(what: what, seconds: seconds) }
        usleep(interval)
    }
}

package struct Impatience: Error, CustomStringConvertible {
    let what: String
    let seconds: Double

    package var description: String { "waited \(Int(seconds)) s in vain for \(what)" }
}
