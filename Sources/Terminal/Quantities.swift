import Foundation

/// How long something takes or took: `8s`, `1m05s`, `3h12m`, `2d04h`.
package func durationText(_ seconds: Double) -> String {
    let whole = seconds.isNaN ? 0 : Int(min(max(seconds.rounded(), 0), 1e9))
    func pair(_ large: Int, _ largeUnit: String, _ small: Int, _ smallUnit: String) -> String {
        "\(large)\(largeUnit)\("\(small)".leftPadded(to: 2, with: "0"))\(smallUnit)"
    }
    return switch whole {
    case ..<60: "\(whole)s"
    case ..<3600: pair(whole / 60, "m", whole % 60, "s")
    case ..<86_400: pair(whole / 3600, "h", whole / 60 % 60, "m")
    default: pair(whole / 86_400, "d", whole / 3600 % 24, "h")
    }
}

/// `3.4 s`, for what is measured.
package func secondsText(_ seconds: Double) -> String {
    let tenths = seconds.isNaN ? 0 : Int((min(max(seconds, 0), 1e9) * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) s"
}

/// `3 ms`, for what is measured and short.
package func millisecondsText(_ seconds: Double) -> String {
    "\(seconds.isNaN ? 0 : Int((min(max(seconds, 0), 1e9) * 1000).rounded())) ms"
}

/// `1m05s left`; never nothing, since what is not done takes some time yet.
package func leftText(_ seconds: Double) -> String {
    durationText(max(1, seconds)) + " left"
}

/// `61 %`: rounded down, so that 100 % is said only of what is whole.
package func percentText(_ fraction: Double) -> String {
    "\(Int((unitFraction(fraction) * 100).rounded(.down))) %"
}

/// The length of a film: `9.4 s` below a minute, then as `durationText`.
package func lengthText(frames: Int, fps: Int) -> String {
    lengthText(seconds: Double(frames) / Double(max(fps, 1)))
}

/// `9.4 s` below a minute, then as `durationText`.
package func lengthText(seconds: Double) -> String {
    seconds < 59.95 ? secondsText(seconds) : durationText(seconds)
}

/// `1 segment`, `15 segments`
package func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// `512 B`, `2.1 MiB`, `445 MiB`
package func sizeText(_ bytes: Int64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var size = Double(max(0, bytes))
    var unit = 0
    while size >= 1024, unit < units.count - 1 {
        size /= 1024
        unit += 1
    }
    return unit == 0 || size >= 100
        ? "\(Int(size.rounded())) \(units[unit])" : "\(Double((size * 10).rounded()) / 10) \(units[unit])"
}

/// Within 0 to 1, whatever a daemon says.
func unitFraction(_ fraction: Double) -> Double {
    fraction.isNaN ? 0 : min(max(fraction, 0), 1)
}
