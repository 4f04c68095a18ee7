/// A time from the start of the film, exact to the microsecond, so that no frame number hangs on floating point.
package struct Timecode: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let microseconds: Int

    package init(microseconds: Int) {
        self.microseconds = microseconds
    }

    /// The time at which `frame` is shown.
    package init(frame: Int, fps: Int) {
        self.init(microseconds: (frame * 1_000_000 + fps / 2) / fps)
    }

    package var seconds: Double { Double(microseconds) / 1_000_000 }

    /// The frame nearest to this time; half a frame rounds up.
    package func frame(fps: Int) -> Int {
        (microseconds * fps + 500_000) / 1_000_000
    }

    package static func < (a: Timecode, b: Timecode) -> Bool { a.microseconds < b.microseconds }

    /// As people write it: `0:25`, `0:25.5`, `1:02:03`.
    package var description: String {
        let fraction = microseconds % 1_000_000
        guard fraction != 0 else { return wholeSeconds }
        var digits = String(String(1_000_000 + fraction).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return wholeSeconds + "." + digits
    }

    /// With two decimals always, for columns: `0:25.50`.
    package var tabular: String {
        let rounded = Timecode(microseconds: microseconds + 5_000)
        let hundredths = rounded.microseconds % 1_000_000 / 10_000
        return rounded.wholeSeconds + "." + twoDigits(hundredths)
    }

    private var wholeSeconds: String {
        let seconds = microseconds / 1_000_000
        let tail = twoDigits(seconds % 60)
        guard seconds >= 3600 else { return "\(seconds / 60):\(tail)" }
        return "\(seconds / 3600):\(twoDigits(seconds / 60 % 60)):\(tail)"
    }

    private func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
