import Foundation
import TestSupport
import Testing

/// `nuwactl` against a real nuwad, and without one.
@Suite(.serialized) struct SteeringTests {
    @Test("A cancelled job stops, and a retry finishes it: the film is that of an uninterrupted render")
    func cancelAndRetry() throws {
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop(DaemonKillTests.script)
        try daemon.wait(for: "some segments") { daemon.work.made.count >= 3 }
        let watch = try daemon.startControl("watch", "walk")
        try daemon.wait(for: "the watch") { watch.text.contains("walk.nuwa: running") }

        let cancel = try daemon.control("cancel", "walk", "--json")
        #expect(cancel.status == 0)
        // No worker is at it any more by now.
        let work = daemon.work
        #expect(try JSONDecoder().decode(Told.Job.self, from: Data(cancel.output.utf8)).state == "cancelled")
        #expect(try watch.status() == 5)
        #expect(daemon.film() == nil)
        let again = try daemon.control("cancel", "1")
        #expect(again.status == 1)
        #expect(again.errors.contains("job 1 is already cancelled"))
        #expect(daemon.work.begun == work.begun)
        #expect(work.made.count < DaemonKillTests.segments)

        #expect(try daemon.control("retry", "1").status == 0)
        #expect(try daemon.control("watch", "1").status == 0)
        #expect(try daemon.show("1").state == "done")
        #expect(Set(daemon.work.made).count == DaemonKillTests.segments)
        #expect(daemon.work.made.count == DaemonKillTests.segments)
        #expect(daemon.film() == (try DaemonKillTests.undisturbed.get()))
    }

    @Test("Cancelled and retried by several clients at once, a job is always one or the other, and its film is whole")
    func manyClients() throws {
        // 121 segments
        let script = "seed 3\nframes 244\nfps 12\nf0 Pim walks.\n"
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop(script)
        try daemon.wait(for: "some segments") { daemon.work.made.count >= 3 }
        for _ in 1...3 {
            let clients = try ["cancel", "retry", "cancel", "retry"].map { try daemon.startControl($0, "1") }
            // Done or refused, as the order will have it.
            for client in clients { #expect([0, 1].contains(try client.status())) }
            #expect(["queued", "running", "cancelled", "done"].contains(try daemon.show("1").state))
        }
        if try daemon.show("1").state == "cancelled" { #expect(try daemon.control("retry", "1").status == 0) }
        try daemon.waitForFilm()
        #expect(!daemon.log.contains("it is being rendered already"))
        #expect(daemon.film() == (try Daemon.rendered(script)))
    }

    @Test("Without a daemon, status, list and show read the database, and what needs one says so")
    func withoutDaemon() throws {
        let daemon = try Daemon()
        #expect(try daemon.control("list").status == 3)
        try daemon.start()
        try daemon.drop("seed 1\nframes 10\nf0 Pim walks.\n")
        try daemon.waitForFilm()
        let (list, shown) = (try daemon.list(), try daemon.show("1"))
        try daemon.kill()

        #expect(try daemon.list() == list)
        #expect(try daemon.show("walk") == shown)
        let status = try daemon.status()
        #expect(status.source == "database")
        #expect(status.daemon == nil)
        #expect(status.counts["done"] == 1)
        #expect(try daemon.control("status").errors.contains("no nuwad answers; this is what "))
        #expect(try daemon.control("show", "99").status == 4)
        for command in ["cancel", "retry", "watch"] { #expect(try daemon.control(command, "1").status == 3) }
    }

    @Test("A job of a model that is not loaded is blocked, with the reason, and goes on by itself once it is")
    func otherModel() throws {
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop(DaemonKillTests.script)
        try daemon.wait(for: "some segments") { daemon.work.made.count >= 3 }
        #expect(try daemon.stop() == 0)

        // The same network under another name.
        let other = daemon.directory.file("other")
        try FileManager.default.copyItem(at: Fixtures.tinyModel, to: other)
        let file = other.appending(path: "model.json")
        let json = try String(contentsOf: file, encoding: .utf8)
        try Data(json.replacing("\"name\": \"tiny\"", with: "\"name\": \"other\"").utf8).write(to: file)
        try daemon.configure(model: other.path)
        try daemon.start()
        try daemon.wait(for: "the fault") { (try? daemon.show("1").state) == "blocked" }
        #expect(
            try daemon.show("1").reason?.contains("this nuwad renders with the model \"other\", not \"tiny\"") == true)
        #expect(try daemon.stop() == 0)

        try daemon.configure(model: "tiny")
        try daemon.start()
        #expect(try daemon.control("wait", "walk").status == 0)
        #expect(daemon.film() == (try DaemonKillTests.undisturbed.get()))
    }

    @Test("A films directory out of reach blocks jobs, and they go on when it is back; none fails")
    func unreachableFilms() throws {
        let daemon = try Daemon()
        try daemon.start()
        let films = daemon.directory.file("var/lib/nuwa/films")
        try FileManager.default.removeItem(at: films)
        try daemon.directory.write("in the way", to: "var/lib/nuwa/films")
        for number in 1...6 { try daemon.drop("seed \(number)\nframes 10\nf0 Pim walks.\n", as: "walk\(number).nuwa") }
        try daemon.wait(for: "a fault") { try daemon.status().counts["blocked", default: 0] > 0 }
        #expect(try daemon.status().counts["failed"] == 0)
        // Not all of them have run into it.
        #expect(try daemon.status().counts["queued", default: 0] > 0)
        #expect(try daemon.control("status").output.contains("met a fault of this machine, so nothing is begun for"))
        try FileManager.default.removeItem(at: films)
        try daemon.wait(for: "the films") { try daemon.status().counts["done"] == 6 }
    }

    @Test("A held job costs nothing, survives a restart, and is finished once released")
    func hold() throws {
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop(DaemonKillTests.script)
        try daemon.wait(for: "some segments") { daemon.work.made.count >= 3 }
        #expect(try daemon.control("hold", "walk").status == 0)
        let begun = daemon.work.begun
        #expect(try daemon.show("1").state == "held")
        try daemon.kill()
        try daemon.start()
        #expect(try daemon.show("1").state == "held")
        #expect(daemon.work.begun.isEmpty)
        #expect(begun.count < DaemonKillTests.segments)
        #expect(try daemon.control("release", "--all").status == 0)
        #expect(try daemon.control("wait", "1").status == 0)
        #expect(daemon.film() == (try DaemonKillTests.undisturbed.get()))
        #expect(try daemon.control("logs", "walk").output.contains("released"))
    }

    @Test(
        "A paused renderer renders nothing, also after a restart or a drain, takes scripts in, and goes on when resumed"
    )
    func pause() throws {
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop(DaemonKillTests.script)
        try daemon.wait(for: "some segments") { daemon.work.made.count >= 3 }
        #expect(try daemon.control("pause").status == 0)
        let work = daemon.work
        #expect(try daemon.show("1").state == "queued")
        #expect(try daemon.show("1").reason?.hasPrefix("waits: rendering is paused by") == true)
        #expect(try daemon.stop() == 0)
        #expect(daemon.work.begun == work.begun)
        try daemon.start()
        try daemon.drop("seed 1\nframes 10\nf0 Pim walks.\n", as: "other.nuwa")
        try daemon.wait(for: "the second job") { try daemon.list().count == 2 }
        #expect(try daemon.control("status").output.contains("nothing is rendered until `nuwactl resume`"))
        #expect(daemon.work.begun.isEmpty)
        // A drain ends nuwad, not the pause.
        #expect(try daemon.control("drain").status == 0)
        #expect(try daemon.program?.status() == 0)
        try daemon.start()
        #expect(try daemon.control("status").output.contains("nothing is rendered until `nuwactl resume`"))
        #expect(try daemon.control("resume").status == 0)
        #expect(try daemon.control("wait", "1", "2").status == 0)
        #expect(daemon.film() == (try DaemonKillTests.undisturbed.get()))
    }

    @Test("A drain finishes what runs, begins nothing, and nuwad leaves with 0")
    func drain() throws {
        let daemon = try Daemon(workers: 1)
        try daemon.start()
        try daemon.drop(DaemonKillTests.script)
        try daemon.wait(for: "some segments") { daemon.work.made.count >= 3 }
        try daemon.drop("seed 1\nframes 10\npriority -5\nf0 Pim walks.\n", as: "other.nuwa")
        try daemon.wait(for: "the second job") { try daemon.list().count == 2 }
        #expect(try daemon.control("drain").status == 0)
        #expect(try daemon.program?.status() == 0)
        #expect(daemon.film() == (try DaemonKillTests.undisturbed.get()))
        #expect(try daemon.list().map(\.state) == ["done", "queued"])
    }

    @Test("A drain ends when the last job that ran is cancelled, be it named twice")
    func drainAndCancel() throws {
        let daemon = try Daemon(workers: 1)
        try daemon.start()
        try daemon.drop("seed 3\nframes 244\nfps 12\nf0 Pim walks.\n")
        try daemon.wait(for: "some segments") { daemon.work.made.count >= 3 }
        let drain = try daemon.startControl("drain")
        try daemon.wait(for: "the drain") { daemon.log.contains("drain by") }
        #expect(try daemon.control("cancel", "1", "walk").status == 0)
        #expect(try drain.status() == 0)
        #expect(try daemon.program?.status() == 0)
        #expect(try daemon.list().map(\.state) == ["cancelled"])
    }

    @Test("A new database overwrites no film: the second of a name gets a number")
    func newDatabase() throws {
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop("seed 1\nframes 10\nf0 Pim walks.\n")
        try daemon.waitForFilm()
        let film = try #require(daemon.film())
        #expect(try daemon.stop() == 0)
        for name in ["nuwa.sqlite", "nuwa.sqlite-wal", "nuwa.sqlite-shm"] {
            try? FileManager.default.removeItem(at: daemon.directory.file("var/lib/nuwa/\(name)"))
        }
        try daemon.start()
        try daemon.drop("seed 2\nframes 12\nf0 Lulu waves.\n")
        try daemon.waitForFilm()
        #expect(daemon.film() == film)
        #expect(daemon.directory.names(in: "var/lib/nuwa/films") == ["walk-1-2.mp4", "walk-1.mp4"])
        #expect(try daemon.show("1").film?.hasSuffix("walk-1-2.mp4") == true)
    }
}
