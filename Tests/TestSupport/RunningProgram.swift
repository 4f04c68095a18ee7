import Children
package import Foundation
import Glibc
import Synchronization

/// A program that a test has started. Ends with the test, if not before.
package final class RunningProgram: Sendable {
    private let name: String
    private let child: Child
    private let output: URL
    private let over: Over

    /// Standard output goes to the file `log`, which may be read at any time; standard error as well, unless it has
    /// a file of its own.
    package init(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:], log: URL, errorLog: URL? = nil
    ) throws {
        (name, output) = (program.lastPathComponent, log)
        let said = try Self.writing(to: log)
        let complained = try errorLog.map(Self.writing(to:)) ?? said
        // env(1) becomes the program: both have one number.
        let settings = environment.isEmpty ? [] : ["env"] + environment.map { "\($0)=\($1)" }
        let child = try Child(
            settings + [program.path] + arguments, output: said.fileDescriptor, errors: complained.fileDescriptor)
        let over = Over()
        (self.child, self.over) = (child, over)
        // At once, as systemd and a shell do: who waits for a daemon to be gone would see it until then.
        Thread.detachNewThread {
            Self.waitUntilOver(child)
            over.end.withLock { $0 = child.end() }
        }
    }

    /// Waits for its end, and leaves it to `Child.end()` to tell: until then no other program gets its number.
    private static func waitUntilOver(_ child: Child) {
        var info = siginfo_t()
        while waitid(P_PID, id_t(child.pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
    }

    /// How it ended; nil while it runs.
    private final class Over: Sendable {
        let end = Mutex<Child.End?>(nil)
    }

    deinit { signal(SIGKILL) }

    private static func writing(to file: URL) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: file.path])
        }
        return try FileHandle(forWritingTo: file)
    }

    package var pid: Int32 { child.pid }

    private var end: Child.End? { over.end.withLock(\.self) }

    package var isRunning: Bool { end == nil }

    /// Nothing once it is over, when another program may have its number.
    package func signal(_ signal: Int32) {
        over.end.withLock { if $0 == nil { kill(child.pid, signal) } }
    }

    /// What it has written so far.
    package var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

    /// Waits for its end. Returns its exit status, or minus the signal that ended it.
    package func status(patience: Double = 120) throws -> Int32 {
        try wait(for: "the end of \(name)", patience: patience) { !isRunning }
        return switch end {
        case .killed(let signal): -signal
        case .exited(let status): status
        case nil: preconditionFailure("it is over")
        }
    }
}

/// Runs a program to its end.
package func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:], log: URL, errorLog: URL? = nil
) throws -> (status: Int32, text: String) {
    let running = try RunningProgram(program, arguments, environment: environment, log: log, errorLog: errorLog)
    return (try running.status(), running.text)
}
