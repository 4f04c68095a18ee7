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

    @Test(
        "A job that fails is told with its reason, watch exits with 5, and with its cause gone a retry makes the film")
    func failed() throws {
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
        try daemon.wait(for: "the failure") { try daemon.show("1").state == "failed" }
        let job = try daemon.show("1")
        #expect(job.state == "failed")
        #expect(job.reason?.contains("this nuwad renders with the model \"other\", not \"tiny\"") == true)
        #expect(try daemon.control("watch", "1").status == 5)
        #expect(try daemon.stop() == 0)

        try daemon.configure(model: "tiny")
        try daemon.start()
        #expect(try daemon.control("retry", "walk").status == 0)
        #expect(try daemon.control("watch", "walk").status == 0)
        #expect(daemon.film() == (try DaemonKillTests.undisturbed.get()))
    }
}
