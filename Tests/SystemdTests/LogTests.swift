import Foundation
import Glibc
import Logging
import Synchronization
import Testing

@testable import Systemd

@Suite("Logging")
struct LogTests {
    @Test("The journal is believed only where its stream is this process's stderr")
    func journalStream() throws {
        var facts = stat()
        try #require(fstat(STDERR_FILENO, &facts) == 0)
        #expect(Journal.isStandardError(stream: "\(facts.st_dev):\(facts.st_ino)"))
        #expect(!Journal.isStandardError(stream: "\(facts.st_dev):\(facts.st_ino + 1)"))
        for nonsense in ["", ":", "1", "a:b", "1:2:3"] { #expect(!Journal.isStandardError(stream: nonsense)) }
        #expect(!Journal.isStandardError(stream: nil))
    }

    @Test("Without a service manager lines are for people")
    func destination() {
        #expect(ServiceLogHandler.Destination.detected(environment: [:]) == .plain)
        #expect(ServiceLogHandler.Destination.detected(environment: ["JOURNAL_STREAM": "1:1"]) == .plain)
    }

    @Test("Each line of a message has the level in front, as a service manager reads it from stderr")
    func prefixed() {
        let (logger, lines) = logger(.prefixed)
        logger.info("film ready")
        logger.error("two\nlines")
        logger.critical("end")
        #expect(lines() == ["<6>film ready", "<3>two\n<3>lines", "<2>end"])
    }

    @Test("Job, depth and segment are fields that the message has in words; other metadata end the line, by name")
    func metadata() {
        var (logger, lines) = logger(.prefixed)
        logger[metadataKey: "job"] = "17"
        logger.notice(
            "d1s004 of job 17 done", metadata: ["seconds": "2.1", "segment": "d1s004", "depth": "1", "again": "no"])
        #expect(lines() == ["<5>d1s004 of job 17 done again=no seconds=2.1"])
    }

    @Test("A plain line has the time and the level")
    func plain() throws {
        let (logger, lines) = logger(.plain)
        logger.warning("spool is full")
        let line = try #require(lines().first)
        #expect(line.wholeMatch(of: /\d\d:\d\d:\d\d\S* warning: spool is full/) != nil, "\(line)")
    }

    @Test("Metadata keys become journal fields")
    func fieldNames() {
        #expect(ServiceLogHandler.fieldName("job") == "NUWA_JOB")
        #expect(ServiceLogHandler.fieldName("segment") == "NUWA_SEGMENT")
        #expect(ServiceLogHandler.fieldName("hb.request-id") == "NUWA_HB_REQUEST_ID")
        #expect(ServiceLogHandler.fieldName("größe") == "NUWA_GR_SSE")
    }

    @Test("Levels are those of syslog")
    func priorities() {
        let expected: [Logger.Level: Int] = [
            .trace: 7, .debug: 7, .info: 6, .notice: 5, .warning: 4, .error: 3, .critical: 2,
        ]
        for level in Logger.Level.allCases {
            #expect(ServiceLogHandler.priority(of: level).rawValue == expected[level])
        }
    }

    private func logger(_ destination: ServiceLogHandler.Destination) -> (Logger, @Sendable () -> [String]) {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in
            ServiceLogHandler(destination: destination, level: SharedLogLevel(.info)) { line in
                lines.all.withLock { $0.append(line) }
            }
        }
        return (logger, { lines.all.withLock(\.self) })
    }
}

private final class Lines: Sendable {
    let all = Mutex<[String]>([])
}
