import Foundation
import Glibc
package import Logging
import Synchronization

/// A swift-log back end for a service: native journal entries where stderr is the journal, `<N>`-prefixed lines where a service
/// manager reads them, and lines with a time for people.
///
/// The metadata `job`, `depth` and `segment` become the journal fields `NUWA_JOB`, `NUWA_DEPTH` and `NUWA_SEGMENT`, every other
/// key `NUWA_` and its upper-case name. Messages say in words what those three are; other metadata also end the line itself, so
/// that nothing is lost where fields are not shown.
package struct ServiceLogHandler: LogHandler {
    /// Where log lines go.
    package enum Destination: Sendable, Equatable {
        case journal
        case prefixed
        case plain

        /// What fits the environment of this process.
        package static func detected(environment: [String: String] = ProcessInfo.processInfo.environment) -> Destination
        {
            if Journal.isStandardError(stream: environment["JOURNAL_STREAM"]) { return .journal }
            let underManager = environment["NOTIFY_SOCKET"] != nil || environment["INVOCATION_ID"] != nil
            return underManager && isatty(STDERR_FILENO) == 0 ? .prefixed : .plain
        }
    }

    package var metadata: Logger.Metadata = [:]
    private var ownLevel: Logger.Level?
    private let level: SharedLogLevel
    private let destination: Destination
    private let write: @Sendable (String) -> Void
    private static let said: Set = ["job", "depth", "segment"]

    /// - Parameters:
    ///   - level: for every logger that was not given a level of its own
    ///   - write: takes one finished line without its line break; stderr unless a test says otherwise
    package init(
        destination: Destination, level: SharedLogLevel,
        write: @escaping @Sendable (String) -> Void = ServiceLogHandler.writeToStandardError
    ) {
        self.destination = destination
        self.level = level
        self.write = write
    }

    package var logLevel: Logger.Level {
        get { ownLevel ?? level.value }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let shown = values.filter { !Self.said.contains($0.key) }.map { "\($0.key)=\($0.value)" }
        let line = ([event.message.description] + shown).joined(separator: " ")
        let priority = Self.priority(of: event.level)
        switch destination {
        case .journal:
            let fields = values.map { (name: Self.fieldName($0.key), value: $0.value.description) }
            if !Journal.send(line, priority: priority, fields: fields) { writePrefixed(line, priority) }
        case .prefixed:
            writePrefixed(line, priority)
        case .plain:
            let time = Date().formatted(
                Date.ISO8601FormatStyle(timeZone: .current).time(includingFractionalSeconds: false))
            write("\(time) \(event.level.rawValue): \(line)")
        }
    }

    /// Each line of a message needs its own prefix: the manager splits at line breaks.
    private func writePrefixed(_ text: String, _ priority: Journal.Priority) {
        write(text.split(separator: "\n").map { "<\(priority.rawValue)>\($0)" }.joined(separator: "\n"))
    }

    /// One `write(2)` per line, so that lines of several threads do not mix.
    package static func writeToStandardError(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// `script name` -> `NUWA_SCRIPT_NAME`
    static func fieldName(_ key: String) -> String {
        "NUWA_"
            + key.uppercased().unicodeScalars.map { scalar in
                switch scalar {
                case "A"..."Z", "0"..."9": String(scalar)
                default: "_"
                }
            }.joined()
    }

    static func priority(of level: Logger.Level) -> Journal.Priority {
        switch level {
        case .trace, .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}

/// A log level that all loggers of a process share, so that reading the configuration again changes them all.
package final class SharedLogLevel: Sendable {
    private let level: Mutex<Logger.Level>

    package init(_ level: Logger.Level) {
        self.level = Mutex(level)
    }

    package var value: Logger.Level {
        get { level.withLock(\.self) }
        set { level.withLock { $0 = newValue } }
    }
}
