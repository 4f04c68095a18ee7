import Foundation
import TestSupport
import Testing

@testable import Terminal

@Suite("Text on a terminal")
struct TerminalTests {
    private let style = TextStyle(width: 80, unicode: true, colour: false, clock: .utc)

    @Test(
        "Times are told to the second, whatever their number",
        arguments: [
            (0.0, "1970-01-01 00:00:00"), (1_795_847_973.9, "2026-11-28 06:39:33"), (-0.5, "1969-12-31 23:59:59"),
            (1e300, "9999-12-31 23:59:59"), (-1e300, "0000-01-01 00:00:00"),
        ])
    func times(_ seconds: Double, _ text: String) {
        #expect(style.time(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test("A character of Chinese, Japanese or Korean takes two cells, an accent none")
    func cells() {
        #expect("ピム walks".cellWidth == 10)
        #expect("e\u{301}te\u{301}".cellWidth == 3)
        #expect("ピム".padded(to: 6) == "ピム  ")
        #expect("ピム".leftPadded(to: 6) == "  ピム")
    }

    @Test("What is too long is cut to its cells, with a mark")
    func clipping() {
        #expect("ピクニック".clipped(to: 7) == "ピクニ…")
        #expect("ピクニック".clipped(to: 6) == "ピク…")
        #expect("picnic".clipped(to: 6) == "picnic")
        #expect(style.fit("picnic.nuwa", 8) == "picnic.…")
        var plain = style
        plain.unicode = false
        #expect(plain.fit("picnic.nuwa", 8) == "picni...")
        #expect(style.fit("a\u{1B}[31m", 10) == "a\u{FFFD}[31m")
    }

    @Test("Bars fill by eighths of a cell, or by cells where the terminal has no block characters")
    func bars() {
        #expect(style.bar(0, cells: 4) == "░░░░")
        #expect(style.bar(0.5, cells: 4) == "██░░")
        #expect(style.bar(0.54, cells: 4) == "██▏░")
        #expect(style.bar(1, cells: 4) == "████")
        #expect(style.bar(7, cells: 4) == "████")
        #expect(style.bar(.nan, cells: 4) == "░░░░")
        var plain = style
        plain.unicode = false
        #expect(plain.bar(0.53, cells: 4) == "##..")
    }

    @Test("Durations are short, and a percentage is never said too early")
    func quantities() {
        let durations: [(Double, String)] = [
            (0, "0s"), (8.4, "8s"), (59.6, "1m00s"), (65, "1m05s"), (11_520, "3h12m"), (187_200, "2d04h"), (-1, "0s"),
            (.infinity, "11574d01h"),
        ]
        for (seconds, text) in durations { #expect(durationText(seconds) == text) }
        #expect(percentText(0.999) == "99 %")
        #expect(percentText(1) == "100 %")
        #expect(lengthText(frames: 226, fps: 24) == "9.4 s")
        #expect(
            [0, 0.04, 3.45, 59.96, 1234.56, -1].map(secondsText) == [
                "0.0 s", "0.0 s", "3.5 s", "60.0 s", "1234.6 s", "0.0 s",
            ])
        #expect(lengthText(frames: 3376, fps: 24) == "2m21s")
    }

    @Test("Colours are only where they are asked for")
    func colours() {
        var coloured = style
        coloured.colour = true
        #expect(coloured.paint("done", .green) == "\u{1B}[32mdone\u{1B}[0m")
        #expect(style.paint("done", .green) == "done")
    }
}
