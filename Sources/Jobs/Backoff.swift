/// How long to wait before what met a fault of the machine is tried again: soon at first, since most faults pass; then
/// ever more rarely, so that one that never ends costs next to nothing.
package enum Backoff {
    private static let first = 5.0
    package static let longest = 600.0

    /// - Parameter faults: how many there were in a row, from 1
    /// - Returns: seconds: 5, 10, 20 … 600
    package static func seconds(afterFaults faults: Int) -> Double {
        // Beyond 2^7 it is the longest anyhow.
        min(longest, first * Double(1 << min(max(0, faults - 1), 7)))
    }
}
