import Foundation
import TestSupport
import Testing

/// nuwad killed, stopped and started again: the film is always that of `nuwa render`, byte for byte.
@Suite(.serialized) struct DaemonKillTests {
    /// 1 + 3 + 9 + 27 segments.
    static let segments = 40
    static let script = """
        seed 11
        frames 82
        fps 12
        f0 Pim walks across the meadow.
        50% Night falls by the cave.

        """
    static let undisturbed = Result { try Daemon.rendered(script) }

    @Test("A film has the same bytes for 1, 2 and 4 workers", arguments: [1, 2, 4])
    func workers(count: Int) throws {
        let daemon = try Daemon(workers: count)
        try daemon.start()
        try daemon.drop(Self.script)
        try daemon.waitForFilm()
        #expect(daemon.film() == (try Self.undisturbed.get()))
        #expect(try daemon.status().daemon?.workers == count)
    }

    @Test("Killed at any moment, nuwad makes again at most the segments that were in flight", arguments: [1, 2])
    func killed(workers: Int) throws {
        let daemon = try Daemon(workers: workers)
        try daemon.start()
        try daemon.drop(Self.script)
        // Of all runs so far: the segments that are finished, and those that were in flight at the last kill.
        var finished: Set<String> = []
        var inFlight: Set<String> = []
        var remade = 0
        func takeIn() {
            let work = daemon.work
            #expect(finished.isDisjoint(with: work.begun), "finished before, and made again")
            #expect(Set(work.begun).count == work.begun.count)
            #expect(work.inFlight.count <= workers)
            remade += inFlight.intersection(work.begun).count
            finished.formUnion(work.made + work.reused)
            inFlight = work.inFlight
        }

        // Twice with the first segment hardly begun: to be in flight at two deaths is no crime.
        for target in [0, 0, 1, 12, 24, Self.segments - 3] {
            try daemon.wait(for: "more than \(target) segments, and some in flight") {
                let work = daemon.work
                return finished.union(work.made).count >= target && !work.begun.isEmpty
            }
            try daemon.kill()
            takeIn()
            // On a busy machine, the last kill may come when all is done.
            if let film = daemon.film() { #expect(film == (try Self.undisturbed.get())) }
            try daemon.start()
        }
        #expect(try daemon.control("watch", "1").status == 0)
        takeIn()
        #expect(daemon.film() == (try Self.undisturbed.get()))
        #expect(finished.count == Self.segments)
        #expect(inFlight == [])
        #expect(remade <= 6 * workers)
        let files = ["checkpoints", "chunks", "films"].flatMap { daemon.directory.names(in: "var/lib/nuwa/\($0)") }
        #expect(files.filter { $0.hasPrefix(".") || $0.hasSuffix(".bad") } == [])
    }

    @Test("A film that nuwad dies of again and again fails its job, and the job behind it is served")
    func poisonousFilm() throws {
        let daemon = try Daemon(workers: 1)
        let source = try daemon.directory.write(
            """
            #include <stdlib.h>
            #include <string.h>
            int avio_open(void **s, const char *url, int flags) {
                if (strstr(url, "bad-1.mp4")) abort();
                extern int avio_open2(void **, const char *, int, const void *, void **);
                return avio_open2(s, url, flags, 0, 0);
            }
            """, to: "abort.c")
        let library = daemon.directory.file("abort.so")
        let compiled = try run(
            URL(filePath: "/usr/bin/env"), ["clang", "-shared", "-fPIC", "-o", library.path, source.path],
            log: daemon.directory.file("clang.log"))
        #expect(compiled.status == 0, "\(compiled.text)")
        daemon.preloaded = library

        try daemon.start()
        try daemon.drop("seed 5\nframes 4\nf0 Pim walks.\n", as: "bad.nuwa")
        try daemon.drop(Self.script)
        var deaths = 0
        while true {
            let program = try #require(daemon.program)
            try wait(for: "a death, or the other film") { !program.isRunning || daemon.film(2) != nil }
            if program.isRunning { break }
            #expect(try program.status() == -SIGABRT)
            deaths += 1
            try #require(deaths <= 5, "nuwad dies for ever")
            try daemon.startUnwatched()
        }
        #expect(deaths >= 3)
        #expect(daemon.film(2) == (try Self.undisturbed.get()))
        let job = try daemon.show("bad")
        #expect(job.state == "failed")
        #expect(job.reason?.contains("while it put the film together, the last time with nothing else at work") == true)
    }

    @Test("SIGTERM ends nuwad with 0 and the job queued; the next start finishes it")
    func stopped() throws {
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop(Self.script)
        try daemon.wait(for: "some segments") { daemon.work.made.count >= 3 }
        #expect(try daemon.stop() == 0)
        #expect(daemon.log.contains("nuwad has stopped"))
        let work = daemon.work
        #expect(work.made.count < Self.segments)

        let job = try #require(try daemon.list().first)
        #expect(job.state == "queued")
        #expect(job.film == nil)
        #expect(job.depths.map(\.done).reduce(0, +) == work.made.count)

        try daemon.start()
        try daemon.waitForFilm()
        #expect(Set(daemon.work.made).isDisjoint(with: work.made))
        #expect(daemon.film() == (try Self.undisturbed.get()))
    }

    @Test("A second nuwad on the same root refuses, naming the first, which goes on")
    func second() throws {
        let daemon = try Daemon()
        try daemon.start()
        let first = try #require(daemon.program)
        let second = try daemon.launch()
        #expect(try second.status() == 1)
        #expect(second.text.contains("another nuwad (process \(first.pid)) is at work here: it holds "))
        #expect(try daemon.status().daemon?.pid == first.pid)
        try daemon.drop("seed 1\nframes 4\nf0 Pim walks.\n")
        try daemon.waitForFilm()
    }
}
