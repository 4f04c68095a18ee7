import Foundation
import Jobs
import Reports
import Terminal
import TestSupport
import Testing

@Suite("Reports as people read them")
struct TextTests {
    private let style = TextStyle(width: 80, unicode: true, colour: false, clock: .utc)

    @Test("status")
    func status() {
        #expect(
            StatusText(style: style).page(Sample.status) == """
                nuwad 0.1.0  process 4242, since 2026-11-23 11:00:00
                model    cartoon: 160x96, 16 frames a segment, bf16
                workers  2 of 2 at work, on AVX-512 with bf16
                spool    /var/spool/nuwa
                films    /var/lib/nuwa/films
                jobs     1 queued, 1 running, 1 done, 1 failed

                  17  picnic.nuwa  running  61 %, 1m05s left
                      depth 0  every 15th frame     1/1  ████████████████████████ 100 %
                      depth 1  every frame         7/15  ████████████░░░░░░░░░░░░  50 %  2 at work
                  18  night.nuwa  queued  waits: 1 job is before it
                """)
    }

    @Test("status without a daemon says so first")
    func statusFromDatabase() {
        #expect(
            StatusText(style: style).page(StatusReport(source: .database, daemon: nil, counts: [.failed: 1], jobs: []))
                == """
                nuwad does not run; this is from its database
                jobs     1 failed
                """)
    }

    @Test("status shows warnings above the jobs")
    func warnings() {
        var report = StatusReport(source: .daemon, daemon: nil, counts: [:], jobs: [])
        report.warnings = ["cannot move storm.nuwa away"]
        #expect(StatusText(style: style).page(report).hasSuffix("\n\nwarning: cannot move storm.nuwa away"))
    }

    @Test("status counts the jobs that it does not list")
    func unlisted() {
        let report = StatusReport(source: .daemon, daemon: nil, counts: [.queued: 41, .done: 9], jobs: [Sample.queued])
        #expect(
            StatusText(style: style).page(report).hasSuffix("\n      … and 40 more; `nuwactl list --all` shows all"))
    }

    @Test("list")
    func list() {
        #expect(
            JobText(style: style).table([Sample.done, Sample.failed, Sample.running, Sample.queued]) == """
                 job  script        state       length  progress            left
                  15  morning.nuwa  done        42.7 s  morning-15.mp4
                  16  storm.nuwa    failed       9.4 s  segment d1s003: the sampler left the fi…
                  17  picnic.nuwa   running      9.4 s  ███████▎░░░░  61 %  1m05s
                  18  night.nuwa    queued       2m21s  waits: 1 job is before it
                """)
    }

    @Test("show")
    func show() {
        var job = Sample.done
        job.script = "seed 3\n\n0:00  Morning.\n"
        #expect(
            JobText(style: style).page(job) == """
                job 15  morning.nuwa

                state     done  took 13m10s
                owner     pim
                length    1024 frames at 24 a second: 42.7 s
                seed      3
                priority  0
                accepted  2026-11-23 11:45:00
                started   2026-11-23 11:45:10
                finished  2026-11-23 11:58:20
                film      /var/lib/nuwa/films/morning-15.mp4

                depth 0  every 225th frame    1/1  ████████████████████████ 100 %
                depth 1  every 15th frame     5/5  ████████████████████████ 100 %
                depth 2  every frame        69/69  ████████████████████████ 100 %

                script
                    seed 3

                    0:00  Morning.
                """)
    }

    @Test("An empty list says how to fill it")
    func emptyList() {
        #expect(JobText(style: style).table([]) == "no jobs: drop a script into the spool")
    }

    @Test("No line is wider than the terminal, whatever a script is called")
    func width() {
        var job = Sample.failed
        job.name = String(repeating: "long ", count: 40)
        for line in JobText(style: style).table([job, Sample.running]).split(separator: "\n") {
            #expect(line.count <= 80)
        }
        for line in StatusText(style: style).page(Sample.status).split(separator: "\n") { #expect(line.count <= 100) }
    }

    @Test("The columns of a table stand below each other, however wide the characters of a name are")
    func wideNames() throws {
        var wide = Sample.running
        wide.name = "ピクニック.nuwa"
        let lines = JobText(style: style).table([wide, Sample.queued]).split(separator: "\n")
        let starts = try zip(lines.dropFirst(), ["running", "queued"]).map { line, state in
            String(line[..<(try #require(line.range(of: state)).lowerBound)]).cellWidth
        }
        #expect(starts == [23, 23])
    }
}
