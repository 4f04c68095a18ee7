import Foundation
import TestSupport
import Testing
import Video

/// `nuwa render` as a real process, killed, starved of room and stopped; always with the tiny model.
@Suite struct RenderKillTests {
    /// 1 + 3 + 9 + 27 segments.
    static let frames = 82

    static func script(frames: Int) -> String {
        """
        seed 11
        frames \(frames)
        fps 12
        f0 Pim walks across the meadow.
        50% Night falls by the cave.
        """
    }

    /// A directory with the script, and what is rendered in it.
    struct Room {
        let directory: TemporaryDirectory
        let script: URL

        init(frames: Int = RenderKillTests.frames) throws {
            directory = try TemporaryDirectory()
            script = try directory.write(RenderKillTests.script(frames: frames), to: "walk.nuwa")
        }

        var film: Data? { try? Data(contentsOf: directory.file("film.mp4")) }

        /// Of checkpoints and chunks that have their names.
        var finished: Int {
            ["workspace/checkpoints", "workspace/chunks"].reduce(0) { count, folder in
                count + directory.names(in: folder).count { !$0.hasPrefix(".") }
            }
        }

        /// Names of files that are still being written, or were when their writer died.
        var unfinished: [String] {
            ["", "workspace/checkpoints", "workspace/chunks"].flatMap { directory.names(in: $0) }
                .filter { $0.hasPrefix(".") }
        }

        func arguments(workers: Int) -> [String] {
            [
                "render", script.path, "-o", directory.file("film.mp4").path, "--model", Fixtures.tinyModel.path,
                "--precision", "f32", "--workers", "\(workers)", "--workspace", directory.file("workspace").path,
            ]
        }

        func start(workers: Int = 2) throws -> RunningProgram {
            try RunningProgram(try Programs.nuwa, arguments(workers: workers), log: directory.file("log"))
        }

        /// Renders to the end without disturbance.
        @discardableResult
        func finish(workers: Int = 2) throws -> String {
            let program = try start(workers: workers)
            let status = try program.status()
            #expect(status == 0, "\(program.text)")
            return program.text
        }
    }

    private static let undisturbed = Result {
        let room = try Room()
        let clock = ContinuousClock()
        let seconds = try clock.measure { try room.finish() }
        return (film: try #require(room.film), seconds: seconds)
    }

    @Test("A film has the same bytes for 1, 2 and 4 workers", arguments: [1, 4])
    func workers(count: Int) throws {
        let room = try Room()
        try room.finish(workers: count)
        #expect(room.film == (try Self.undisturbed.get().film))
        #expect(try Film.probe(room.directory.file("film.mp4")).frames == Self.frames)
    }

    @Test(
        "Killed at random moments until it is done, a render gives the bytes of an undisturbed one",
        arguments: [1, 2, 3])
    func kill(seed: UInt64) throws {
        let undisturbed = try Self.undisturbed.get()
        let room = try Room()
        var moments = Moments(state: seed)
        var before = 0
        for _ in 0..<8 {
            let program = try room.start()
            let end = ContinuousClock().now + undisturbed.seconds * moments.next()
            try wait(for: "the moment to kill") { !program.isRunning || ContinuousClock().now >= end }
            program.signal(SIGKILL)
            if try program.status() == 0 { break }
            // Nothing that was finished is ever taken back, and no film is there before it is whole.
            #expect(room.finished >= before)
            before = room.finished
            if let film = room.film { #expect(film == undisturbed.film) }
        }
        try room.finish()
        #expect(room.film == undisturbed.film)
        #expect(room.unfinished == [])
        #expect(room.finished == 40 + 27)
    }

    @Test("Killed again and again with only a segment or two made between, a render still gets to its end")
    func killOften() throws {
        let undisturbed = try Self.undisturbed.get()
        let room = try Room()
        while room.finished < 40 {
            let before = room.finished
            let program = try room.start()
            try wait(for: "two files more") { !program.isRunning || room.finished >= before + 6 }
            program.signal(SIGKILL)
            _ = try program.status()
        }
        let text = try room.finish()
        #expect(text.contains("were there already"))
        #expect(room.film == undisturbed.film)
    }

    @Test(
        "SIGTERM and SIGINT stop a render after the step it is in, and the same command goes on",
        arguments: [SIGTERM, SIGINT])
    func stop(signal: Int32) throws {
        // Long enough not to be done before the signal arrives, however busy the machine is.
        let room = try Room(frames: 244)
        let program = try room.start()
        try wait(for: "a checkpoint") { room.finished > 0 }
        program.signal(signal)
        #expect(try program.status() == 130)
        #expect(program.text.contains("the same command goes on from there"))
        #expect(room.unfinished == [])
        #expect(room.film == nil)
        #expect(try room.finish().contains("were there already"))
        #expect(try Film.probe(room.directory.file("film.mp4")).frames == 244)
    }

    @Test("A file-size limit ends the render with the reason, and leaves nothing half-written")
    func fileSizeLimit() throws {
        let room = try Room()
        // 4 blocks of 512 bytes: room for a checkpoint, not for a chunk. The pipe keeps the limit off the log.
        let script = #"trap '' XFSZ; { (ulimit -f 4; exec "$0" "$@"); echo "status $?"; } 2>&1 | cat"#
        let (_, text) = try run(
            URL(filePath: "/bin/sh"), ["-c", script, try Programs.nuwa.path] + room.arguments(workers: 2),
            log: room.directory.file("log"))
        #expect(text.contains("status 1"))
        #expect(text.contains("no room to write \(room.directory.file("workspace/chunks").path)/"))
        #expect(room.finished > 0)
        #expect(room.unfinished == [])
        #expect(room.directory.names(in: "workspace/chunks") == [])
        try room.finish()
        #expect(room.film == (try Self.undisturbed.get().film))
    }

    @Test(
        "A full disk ends the render with the reason; with room again it goes on to the same film",
        .enabled(if: mayMount, "needs a user namespace to mount a small file system in"))
    func fullDisk() throws {
        let room = try Room()
        let disk = room.directory.file("workspace")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        // The mount is seen only from inside, so what matters is printed and copied there.
        let script = #"""
            mount -t tmpfs -o size=120k none "$DISK" || exit 9
            "$0" "$@"; echo "first status $?"
            ls -A "$DISK"/checkpoints "$DISK"/chunks | grep '\.part$' && echo "half-written"
            mount -o remount,size=10m "$DISK" || exit 9
            "$0" "$@"; echo "second status $?"
            """#
        let (status, text) = try run(
            URL(filePath: "/usr/bin/unshare"),
            ["-rm", "/bin/sh", "-c", script, try Programs.nuwa.path] + room.arguments(workers: 2),
            environment: ["DISK": disk.path], log: room.directory.file("log"))
        #expect(status == 0)
        #expect(text.contains("first status 1"))
        #expect(text.contains("no room to write \(disk.path)/"))
        #expect(text.contains(String(cString: strerror(ENOSPC))))
        #expect(!text.contains("half-written"))
        #expect(text.contains("second status 0"))
        #expect(room.film == (try Self.undisturbed.get().film))
    }

    private static let mayMount: Bool = {
        guard let room = try? TemporaryDirectory(),
            let result = try? run(
                URL(filePath: "/usr/bin/unshare"), ["-rm", "mount", "-t", "tmpfs", "none", room.url.path],
                log: room.file("log"))
        else { return false }
        return result.status == 0
    }()
}

/// Fractions from 0 to 1 that look random and are the same each time.
private struct Moments {
    var state: UInt64

    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 40) / Double(1 << 24)
    }
}
