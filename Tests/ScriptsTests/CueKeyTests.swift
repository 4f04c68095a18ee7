import Testing

@testable import Scripts

@Suite struct CueKeyTests {
    @Test(
        "A time may be written with colons or with units",
        arguments: [
            ("0:25", 25.0), ("0:00", 0), ("1:02:03", 3723), ("0:25.5", 25.5), ("90:00", 5400), ("25s", 25),
            ("2m20s", 140), ("1h2m", 3720), ("1h", 3600), ("0.25s", 0.25), ("1.5m", 90), ("2m90s", 210),
            ("0:00.000001", 0.000001), ("1:00:00.0000019", 3600.000001),
        ] as [(String, Double)])
    func times(text: String, seconds: Double) throws {
        #expect(try Timecode(parsing: text).microseconds == Int((seconds * 1e6).rounded()))
        #expect(try CueKey(parsing: text) == .time(Timecode(parsing: text)))
    }

    @Test("A frame is f and a whole number, a percentage may have decimals")
    func framesAndPercentages() throws {
        #expect(try CueKey(parsing: "f0") == .frame(0))
        #expect(try CueKey(parsing: "f3000") == .frame(3000))
        #expect(try CueKey(parsing: "50%") == .percent(50))
        #expect(try CueKey(parsing: "12.5%") == .percent(12.5))
        #expect(try CueKey(parsing: "100%") == .percent(100))
    }

    @Test(
        "What only looks like a key is refused",
        arguments: [
            "", ":", "0:", ":25", "0:25:", "1.5", "s", "ms", "1s2s", "1.5h2m", "f", "f-1", "%", "1e3%", "inf%", "0x10s",
            "9999999999999999999s", "f9999999999999999999", "9999999999999999999:00", "٣s", "1:٣٠", "f٣",
        ])
    func refused(text: String) {
        #expect(throws: TokenProblem.self) { try CueKey(parsing: text) }
    }

    @Test("A time falls on the nearest frame, half a frame rounds up")
    func nearestFrame() throws {
        #expect(try Timecode(parsing: "0:25").frame(fps: 24) == 600)
        #expect(try Timecode(parsing: "0.02s").frame(fps: 24) == 0)  // 0.48
        #expect(try Timecode(parsing: "0.5s").frame(fps: 1) == 1)
        #expect(try Timecode(parsing: "0.499999s").frame(fps: 1) == 0)
    }

    @Test("A percentage is of the film's length, and 100% is the last frame")
    func percentages() {
        #expect(CueKey.percent(0).frame(fps: 24, frames: 226) == 0)
        #expect(CueKey.percent(50).frame(fps: 24, frames: 226) == 113)
        #expect(CueKey.percent(100).frame(fps: 24, frames: 226) == 225)
        #expect(CueKey.percent(50).frame(fps: 24, frames: 3360) == 1680)  // 1:10 of 2:20
        #expect(CueKey.percent(50).frame(fps: 24, frames: nil) == nil)
    }

    @Test("A time is printed as people write it")
    func descriptions() {
        #expect(Timecode(microseconds: 25_500_000).description == "0:25.5")
        #expect(Timecode(microseconds: 3_723_000_000).description == "1:02:03")
        #expect(Timecode(microseconds: 1).description == "0:00.000001")
        #expect(Timecode(microseconds: 59_996_000).tabular == "1:00.00")
        #expect(Timecode(frame: 15, fps: 24).tabular == "0:00.63")
    }

    @Test("Every frame's own time leads back to that frame", arguments: [1, 7, 24, 25, 30, 60, 119, 120])
    func framesSurviveTheirTimes(fps: Int) {
        for frame in stride(from: 0, through: 50_625, by: 97) {
            #expect(Timecode(frame: frame, fps: fps).frame(fps: fps) == frame)
        }
    }
}
