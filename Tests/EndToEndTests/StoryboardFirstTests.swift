import CLibAV
import Foundation
@testable import Pictures
import TestSupport
import Testing

@testable import Video

/// A film that is looked at before it is made.
@Suite(.serialized) struct StoryboardFirstTests {
    private static let script = "hold\n" + DaemonKillTests.script

    @Test("A script that says hold stops at its keyframes, costs nothing, survives a kill, and goes on once approved")
    func hold() throws {
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop(Self.script)
        try daemon.wait(for: "the keyframes") { (try? daemon.show("1").state) == "held" }
        #expect(try daemon.show("1").reason?.hasPrefix("its keyframes wait for approval") == true)
        #expect(daemon.work.begun == ["1/d0s000"])
        let sheet = daemon.directory.file("sheet.png")
        #expect(try daemon.control("show", "walk", "--sheet", sheet.path).status == 0)
        // Four keyframes, all within the film.
        #expect(
            try Image(png: Data(contentsOf: sheet), called: "a picture").width == ContactSheet.margin + 4
                * (32 + ContactSheet.margin))

        try daemon.kill()
        try daemon.start()
        #expect(try daemon.show("1").state == "held")
        #expect(daemon.work.begun.isEmpty)
        #expect(try daemon.control("approve", "walk").status == 0)
        #expect(try daemon.control("wait", "1").status == 0)
        #expect(daemon.work.begun.count == DaemonKillTests.segments - 1)
        #expect(daemon.film() == (try Daemon.rendered(Self.script)))
        #expect(try daemon.control("approve", "1").errors.contains("job 1 is already done"))
    }

    @Test("Held while its keyframes are being made, a job stops once they are there; held now, it stops at once")
    func holdUnderWay() throws {
        let daemon = try Daemon()
        // The tiny model with so many steps for its keyframes that there is time to think.
        let slow = daemon.directory.file("tiny")
        try FileManager.default.copyItem(at: Fixtures.tinyModel, to: slow)
        let file = slow.appending(path: "model.json")
        let json = try String(contentsOf: file, encoding: .utf8)
        try Data(json.replacing(/"steps": \[\s*4,/, with: "\"steps\": [ 900,").utf8).write(to: file)
        try daemon.configure(model: slow.path)
        try daemon.start()
        try daemon.drop(DaemonKillTests.script)
        try daemon.wait(for: "the keyframes under way") { daemon.work.begun == ["1/d0s000"] }
        let held = try daemon.control("hold", "1")
        #expect(held.status == 0 && held.output.contains("stops when its keyframes are there"), "\(held)")
        let now = try daemon.control("hold", "1", "--now")
        #expect(now.status == 0)
        #expect(try daemon.show("1").reason == "held back until released")
        #expect(daemon.work.made.isEmpty)
        #expect(try daemon.control("release", "1").status == 0)
        try daemon.wait(for: "the keyframes") { (try? daemon.show("1").state) == "held" }
        #expect(try daemon.show("1").reason?.hasPrefix("its keyframes wait for approval") == true)
        #expect(daemon.work.made == ["1/d0s000"])
    }

    @Test("A job that waits in the queue is held at its keyframes ahead of its turn; one that is past them is not")
    func holdAhead() throws {
        let daemon = try Daemon()
        try daemon.start()
        #expect(try daemon.control("pause").status == 0)
        try daemon.drop(DaemonKillTests.script)
        try daemon.wait(for: "the job") { (try? daemon.show("1").state) == "queued" }
        #expect(try daemon.control("hold", "1", "--now", "--at-keyframes").status != 0)
        let held = try daemon.control("hold", "1", "--at-keyframes")
        #expect(held.status == 0 && held.output.contains("stops when its keyframes are there"), "\(held)")
        try daemon.kill()
        try daemon.start()
        #expect(try daemon.control("resume").status == 0)
        try daemon.wait(for: "the keyframes") { (try? daemon.show("1").state) == "held" }
        #expect(daemon.work.made == ["1/d0s000"])
        #expect(try daemon.control("approve", "1").status == 0)
        try daemon.wait(for: "what comes after them") { daemon.work.made.count > 1 }
        let late = try daemon.control("hold", "1", "--at-keyframes")
        #expect(late.status != 0 && late.errors.contains("is past its keyframes"), "\(late)")
    }

    @Test("A keyframe made again changes alone; the film agrees with it, and reproduce makes it again")
    func reseed() throws {
        let daemon = try Daemon()
        try daemon.configure(model: "tiny", overall: "approve = true")
        try daemon.start()
        try daemon.drop(DaemonKillTests.script)
        try daemon.wait(for: "the keyframes") { (try? daemon.show("1").state) == "held" }
        let before = try cells(of: daemon)
        #expect(try daemon.control("reseed", "1", "--keyframe", "9").errors.contains("has keyframes 1 to 4, not 9"))
        #expect(try daemon.control("reseed", "1", "--keyframe", "2").status == 0)
        try daemon.wait(for: "them again") { (try? daemon.show("1").state) == "held" }
        let after = try cells(of: daemon)
        // Its neighbours' pictures change a little, since the decoder looks at it as well.
        let changes = zip(before, after).map { zip($0, $1).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) } }
        #expect(changes.max() == changes[1], "\(changes)")
        #expect(try daemon.show("1").seed == 11)

        #expect(try daemon.control("reseed", "1", "--seed", "5").status == 0)
        try daemon.wait(for: "other ones") { (try? daemon.show("1").state) == "held" }
        #expect(zip(before, try cells(of: daemon)).allSatisfy { $0 != $1 })
        #expect(try daemon.show("1").seed == 5)
        #expect(try daemon.control("reseed", "1", "--keyframe", "1", "--seed", "9").status == 0)
        try daemon.wait(for: "the first again") { (try? daemon.show("1").state) == "held" }
        #expect(try daemon.control("approve", "--all").status == 0)
        #expect(try daemon.control("wait", "1").status == 0)
        #expect(daemon.film() != (try DaemonKillTests.undisturbed.get()))

        let (status, text) = try reproduce(daemon.filmURL(), daemon)
        #expect(status == 0 && text.contains("byte for byte"), "\(text)")
    }

    private func reproduce(_ film: URL, _ daemon: Daemon) throws -> (status: Int32, text: String) {
        try run(
            try Programs.nuwa, ["reproduce", film.path, "--root", daemon.directory.url.path],
            environment: [
                "NUWA_MODELS": Fixtures.tinyModel.deletingLastPathComponent().path,
                "XDG_CACHE_HOME": daemon.directory.file("cache").path,
            ], log: daemon.directory.file("reproduce.log"))
    }

    @Test("One changed line of sixteen: what does not hang on it is found, byte for byte, and the job says so")
    func edit() throws {
        // 82 frames of 1 + 3 + 9 + 27 segments; the line from f25 on has the keyframe at frame 27.
        let lines = (0..<16).map { "f\($0 * 5) Pim walks and waves, number \(["one", "two"][$0 % 2])." }
        let script = (["seed 11", "frames 82", "fps 12"] + lines).joined(separator: "\n") + "\n"
        let edited = script.replacing("f25 Pim walks and waves, number two.", with: "f25 Night falls by the cave.")
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop(script)
        try daemon.waitForFilm()
        let before = daemon.work.made.count
        let file = try daemon.directory.write(edited, to: "edited.nuwa")
        let answer = try daemon.control("edit", "walk", file.path)
        #expect(answer.status == 0 && answer.output.contains("walk.nuwa"), "\(answer)")
        #expect(answer.output.contains("an edit of job 1: 3 of 4 keyframes stay"), "\(answer)")
        try daemon.waitForFilm(2)
        #expect(try daemon.control("logs", "2").output.contains("an edit of job 1: 3 of 4 keyframes stay"))
        #expect(try daemon.control("show", "2").output.contains("edit of   job 1: 3 of 4 keyframes stay"))

        // The keyframes, and all below the two segments that the changed one lies between.
        let made = daemon.work.made.dropFirst(before)
        #expect(before == 40)
        #expect(Set(made) == Set(daemon.work.made.filter { $0.hasPrefix("2/") }))
        #expect(made.count == 1 + 2 * (1 + 3 + 9))
        // From frame 54 on, where a chunk begins, the film's packets are as they were, byte for byte.
        let (old, new) = (try packets(of: daemon.filmURL(1)), try packets(of: daemon.filmURL(2)))
        #expect(old.count == 82 && new.count == 82)
        #expect(old[54...] == new[54...])
        #expect(old[27] != new[27])

        // Of an earlier job nuwad would not take over: it takes over from the newest.
        let late = try daemon.control("edit", "1", file.path)
        #expect(
            late.status != 0 && late.errors.contains("an edit would take over from job 2")
                && late.errors.contains("`nuwactl edit 2 FILE`"), "\(late)")
        let longer = try daemon.directory.write(edited.replacing("frames 82", with: "frames 85"), to: "longer.nuwa")
        let other = try daemon.control("edit", "2", longer.path)
        #expect(
            other.status == 0 && other.output.contains("nothing is taken over from job 2: length or seed"), "\(other)")

        let (status, text) = try reproduce(daemon.filmURL(2), daemon)
        #expect(status == 0 && text.contains("byte for byte"), "\(text)")
    }

    /// In the order of decoding.
    private func packets(of film: URL) throws -> [Data] {
        var packets: [Data] = []
        try Demuxer(film, probing: false).forEachPacket(fps: 12) { packet, _, _ in
            let pointer = packet.pointer.pointee
            packets.append(Data(bytes: pointer.data, count: Int(pointer.size)))
        }
        return packets
    }

    @Test("The token of the page is the caller's own, and lets him act where a stranger may only look")
    func page() async throws {
        let daemon = try Daemon()
        let port = Int.random(in: 20_000...29_999)
        try daemon.configure(model: "tiny", "[page]\nlisten = \"127.0.0.1:\(port)\"")
        try daemon.start()
        try daemon.drop(Self.script)
        try daemon.wait(for: "the keyframes") { (try? daemon.show("1").state) == "held" }
        let address = try daemon.control("page").output.trimmingCharacters(in: .newlines)
        #expect(address == "http://nuwa.localhost:\(port)/")
        let link = try daemon.control("page", "--token").output.trimmingCharacters(in: .newlines)
        let token = try #require(link.split(separator: "=").last)

        func curl(_ arguments: String...) throws -> String {
            try run(
                URL(filePath: "/usr/bin/curl"), ["-s", "-i", "--max-time", "20"] + arguments,
                log: daemon.directory.file("curl")
            ).text
        }
        let here = "http://127.0.0.1:\(port)"
        let stranger = try curl("\(here)/jobs/1")
        #expect(stranger.contains("200 OK") && stranger.contains("to approve") && !stranger.contains("/jobs/1/approve"))
        #expect(try curl("-X", "POST", "-H", "Origin: \(here)", "\(here)/jobs/1/approve").contains("complaint="))
        #expect(try curl("-X", "POST", "\(here)/jobs/1/approve").contains("403 Forbidden"))
        #expect(try curl("-H", "Host: evil.example", "\(here)/").contains("403 Forbidden"))
        #expect(try curl("\(here)/v1/status").contains("404 Not Found"))
        #expect(try daemon.show("1").state == "held")
        // What a browser shows is a page, also where there is nothing; a wrong token is told.
        let missing = try curl("-H", "Accept: text/html", "\(here)/jobs/99")
        #expect(missing.contains("404 Not Found") && missing.contains("<p class=\"notice\">no job 99; "))
        #expect(try curl("\(here)/jobs/99").contains("application/json"))
        let refused = try curl("-H", "Accept: text/html", "\(here)/?token=\(getuid()).0123")
        #expect(refused.contains("403 Forbidden") && refused.contains("this token is none of nuwad"))
        #expect(!refused.lowercased().contains("set-cookie"))
        #expect(try curl("\(here)/?token=\(token)").lowercased().contains("set-cookie: nuwa=\(token)"))

        let cookie = "Cookie: nuwa=\(token)"
        #expect(try curl("-H", cookie, "\(here)/jobs/1").contains("action=\"/jobs/1/approve\""))
        let wrong = "Cookie: nuwa=\(token.dropLast())\(token.hasSuffix("0") ? 1 : 0)"
        #expect(try !curl("-H", wrong, "\(here)/jobs/1").contains("action=\"/jobs/1/approve\""))
        let evil = ["Origin: http://evil.example", "Origin: null", "Origin: http://127.0.0.1:\(port + 1)"]
        for origin in evil {
            let answer = try curl("-X", "POST", "-H", cookie, "-H", origin, "\(here)/jobs/1/approve")
            #expect(answer.contains("403 Forbidden"), "\(origin)")
        }
        #expect(try daemon.show("1").state == "held")
        #expect(
            try curl("-X", "POST", "-H", cookie, "-H", "Origin: \(here)", "\(here)/jobs/1/approve")
                .contains("303 See Other"))
        #expect(try daemon.control("wait", "1").status == 0)
        #expect(try curl("-r", "4-7", "\(here)/jobs/1/film.mp4").contains("ftyp"))
    }

    /// The keyframes' pictures on the contact sheet.
    private func cells(of daemon: Daemon) throws -> [[UInt8]] {
        let file = daemon.directory.file("sheet.png")
        let drawn = try daemon.control("show", "1", "--sheet", file.path)
        guard drawn.status == 0 else { throw Daemon.RenderFailed(text: drawn.errors) }
        let sheet = try Image(png: Data(contentsOf: file), called: "a picture")
        return (0..<4).map { index in
            let left = ContactSheet.margin + index * (32 + ContactSheet.margin)
            let top = ContactSheet.margin + ContactSheet.titleHeight
            var pixels: [UInt8] = []
            for row in top..<top + 32 {
                let start = (row * sheet.width + left) * 3
                pixels += sheet.pixels[start..<start + 32 * 3]
            }
            return pixels
        }
    }
}
