import Foundation
import Pictures
import TestSupport
import Testing
import Video

@testable import nuwa

/// `docs/json.md` promises these shapes to programs, as what nuwad and `nuwactl` say.
@Suite("JSON contract")
struct JSONContractTests {
    @Test("What a machine will do")
    func doctor() throws {
        let checks: [Checkup.Check] = [
            .init(name: "processor", text: "bf16"),
            .init(
                name: "inotify", text: "0 instances", verdict: .warning,
                remedy: "raise fs.inotify.max_user_instances"),
            .init(name: "model", text: "none", verdict: .bad, remedy: "install one"),
        ]
        try expectGolden(["checks": checks], "doctor")
    }

    @Test("A film that is made again, that cannot be made again here, and that comes out otherwise")
    func reproduce() throws {
        try expectGolden(Reproduce.Answer(same: true, obstacles: []), "reproduce-same")
        try expectGolden(
            Reproduce.Answer(same: false, obstacles: ["precision: the film was made by bf16, here it is f32"]),
            "reproduce-obstacle")
        let directory = try TemporaryDirectory()
        let films = try [0, 255].map { grey in
            let film = directory.file("\(grey).mp4")
            let writer = try VideoWriter(
                url: film, format: VideoFormat(width: 32, height: 32, fps: 12, crf: 1, preset: "ultrafast"),
                comment: nil)
            for frame in 0..<3 {
                // The first frame is the same in both.
                let value = UInt8(frame == 0 ? 0 : grey)
                try writer.append(
                    Image(width: 32, height: 32, pixels: [UInt8](repeating: value, count: 32 * 32 * 3)))
            }
            try writer.finish()
            return film
        }
        let difference = try #require(try FilmDifference(films[0], films[1]))
        #expect(difference.frames == 2 && difference.first == 1 && difference.largest == 255)
        try expectGolden(
            Reproduce.Answer(same: false, obstacles: [], difference: difference), "reproduce-difference")
    }

    private func expectGolden(_ value: some Encodable, _ name: String) throws {
        let (text, golden) = try written(value, beside: name)
        #expect(text == golden)
    }
}
